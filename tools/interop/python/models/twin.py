"""What every twin offers, and the one that most networks are."""

from typing import Callable, Protocol

import torch


class Twin(Protocol):
    def create(self, config: dict) -> torch.nn.Module:
        """The network of our `config`, with our names."""

    def groups(self, model: torch.nn.Module) -> dict:
        """Parameters by the name of their optimizer."""

    def step(self, model: torch.nn.Module, optimizers: dict, batch: dict, noise: dict) -> list:
        """One training step as PyTorch users write it; gives its losses. `noise` holds the numbers to use, by our names; where one is missing, PyTorch draws."""

    def predict(self, model: torch.nn.Module, batch: dict) -> torch.Tensor:
        """The prediction that both sides give."""


class Supervised:
    """A network that learns from one loss of its prediction and `label`."""

    def __init__(self, create: Callable[[dict], torch.nn.Module], loss: Callable):
        self.create = create
        self.loss = loss

    def groups(self, model: torch.nn.Module) -> dict:
        return {"default": list(model.parameters())}

    def loss_of(self, model: torch.nn.Module, batch: dict) -> torch.Tensor:
        return self.loss(model(batch["data"]), batch["label"])

    def step(self, model: torch.nn.Module, optimizers: dict, batch: dict, noise: dict) -> list:
        use_masks(model, noise)
        optimizer = optimizers["default"]
        optimizer.zero_grad(set_to_none=True)
        loss = self.loss_of(model, batch)
        loss.backward()
        optimizer.step()
        return [loss.item()]

    def predict(self, model: torch.nn.Module, batch: dict) -> torch.Tensor:
        return model(batch["data"])


class Dropout(torch.nn.Dropout):
    """PyTorch's dropout, which can be told what to keep."""

    mask: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.mask is None or not self.training:
            return super().forward(x)
        return x * self.mask.to(x.dtype) / (1 - self.p)


def use_masks(model: torch.nn.Module, noise: dict) -> None:
    """Our dropout calls its draw `<module>/mask`."""
    for name, module in model.named_modules():
        if isinstance(module, Dropout):
            module.mask = noise.get(f"{name}/mask")
