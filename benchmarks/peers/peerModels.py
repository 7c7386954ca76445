"""What PyTorch is timed with: a row per model, with its twin, the configuration for a shape and random batches."""

from dataclasses import dataclass
from typing import Callable

import torch

from models import TWINS

CLASSES = 10


@dataclass(frozen=True)
class Peer:
    twin: object
    """Our network's config for a batch of images [N, C, ...spatial]."""
    config: Callable[[list], dict]
    batch: Callable[[list], dict]


def images_with_class(shape: list) -> dict:
    return {"data": torch.randn(shape), "label": torch.randint(0, CLASSES, (shape[0],))}


PEERS = {
    "resnet18": Peer(TWINS["resnet18"], lambda shape: {"inChannels": shape[1], "numClasses": CLASSES}, images_with_class),
}
