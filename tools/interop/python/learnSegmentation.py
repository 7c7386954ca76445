"""Trains the PyTorch twin of a segmentation example on the example's own patches, and tests it beside the example's weights.

    python learnSegmentation.py --twin unet2d --data DIRECTORY --weights CHECKPOINT --threads 2

DIRECTORY holds what the example writes with --export-data: initial.safetensors, and data.safetensors with `train.*`, `test.*`, `patches`
[steps, N, sample | start … | mirrored] and `learningRates` [steps]. CHECKPOINT holds the weights that the example reached. Prints one JSON
object: {"steps", "losses": [first, last], "twin": mean Dice of the foreground classes on `test`, "weights": the same of CHECKPOINT}.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from models import TWINS
from models.unet import dice_cross_entropy
from unet import unet_loss


def cut(data: dict, rows: torch.Tensor, size: list) -> tuple:
    """The patches of one batch: images [N, C, ...] and labels [N, ...]."""
    images, labels = [], []
    for sample, *start, mirrored in rows.tolist():
        box = tuple(slice(first, first + extent) for first, extent in zip(start, size))
        image, label = data["train.data"][(sample, slice(None), *box)], data["train.label"][(sample, *box)]
        images.append(image.flip(-1) if mirrored else image)
        labels.append(label.flip(-1) if mirrored else label)
    return torch.stack(images), torch.stack(labels).long()


def loss_of(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    return dice_cross_entropy(logits, label, background=False, batch=True)


def train(model: torch.nn.Module, data: dict, size: list) -> list:
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    model.train()
    for rows, rate in zip(data["patches"], data["learningRates"].tolist()):
        for group in optimizer.param_groups:
            group["lr"] = rate
        images, labels = cut(data, rows, size)
        optimizer.zero_grad(set_to_none=True)
        loss = unet_loss(model, model(images), labels, loss_of)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def mean_dice(model: torch.nn.Module, data: dict) -> float:
    """Over all pixels of the test images, the mean of the foreground classes that occur in them."""
    predicted = []
    model.eval()
    with torch.inference_mode():
        for image in data["test.data"]:
            predicted.append(model(image.unsqueeze(0)).argmax(1).squeeze(0))
    prediction, truth = torch.stack(predicted), data["test.label"].long()
    scores = []
    for label in truth.unique().tolist():
        if label > 0:
            overlap = ((prediction == label) & (truth == label)).sum().item()
            scores.append(2 * overlap / ((prediction == label).sum().item() + (truth == label).sum().item()))
    return sum(scores) / len(scores)


def load_weights(model: torch.nn.Module, path: Path) -> None:
    """Of a checkpoint, which also holds the optimizer's state."""
    entries = load_file(path)
    model.load_state_dict({name: value for name, value in entries.items() if not name.startswith("optimizer.")})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--twin", choices=["unet2d", "unet3d"], required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with safe_open(options.data / "data.safetensors", "pt") as file:
        config = json.loads(file.metadata()["meta"])
    data = load_file(options.data / "data.safetensors")

    model = TWINS[options.twin].create(config["network"])
    load_weights(model, options.data / "initial.safetensors")
    losses = train(model, data, config["size"])
    twin = mean_dice(model, data)
    load_weights(model, options.weights)
    print(json.dumps({"steps": len(losses), "losses": [losses[0], losses[-1]], "twin": twin, "weights": mean_dice(model, data)}))


if __name__ == "__main__":
    main()
