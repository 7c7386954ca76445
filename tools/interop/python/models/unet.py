"""delira's U-Nets, with the loss that segmentation uses."""

import torch

from models.twin import Supervised
from unet import create_unet, unet_loss


def dice_cross_entropy(logits: torch.Tensor, label: torch.Tensor, background: bool = True, batch: bool = False) -> torch.Tensor:
    """MONAI's DiceCELoss with softmax and a smoothing of 1e-5; `background` and `batch` are its include_background and batch."""
    probabilities = logits.softmax(1)
    target = torch.zeros_like(probabilities).scatter_(1, label.unsqueeze(1), 1.0)
    axes = tuple(axis for axis in range(logits.dim()) if axis > 1 or (batch and axis == 0))
    overlap, total = (probabilities * target).sum(axes), probabilities.sum(axes) + target.sum(axes)
    dice = (2 * overlap + 1e-5) / (total + 1e-5)
    return 1 - (dice if background else dice[..., 1:]).mean() + torch.nn.functional.cross_entropy(logits, label)


class UNetTwin(Supervised):
    def __init__(self, rank: int):
        super().__init__(lambda config: create_unet(rank, config), dice_cross_entropy)

    def loss_of(self, model: torch.nn.Module, batch: dict) -> torch.Tensor:
        return unet_loss(model, model(batch["data"]), batch["label"], self.loss)


unet2d = UNetTwin(2)
unet3d = UNetTwin(3)
