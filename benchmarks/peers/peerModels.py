"""The models that PyTorch is timed with: one row per model, each with its loss and a random target."""

from dataclasses import dataclass
from typing import Callable

import torch

from resnet18 import create_resnet18


@dataclass
class Task:
    model: torch.nn.Module
    loss: Callable
    target: Callable


def resnet18(shape: list) -> Task:
    return Task(
        model=create_resnet18(in_channels=shape[1], classes=10),
        loss=torch.nn.functional.cross_entropy,
        target=lambda: torch.randint(0, 10, (shape[0],)),
    )


MODELS = {"resnet18": resnet18}
