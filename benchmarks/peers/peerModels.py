"""What PyTorch is timed with: a row per model, with the configuration for a shape of images [N, C, ...spatial] and random batches."""

from dataclasses import dataclass
from typing import Callable

import torch

from models import TWINS

CLASSES = 10
SEGMENTED_CLASSES = 4
NOISE_LENGTH = 100


@dataclass(frozen=True)
class Peer:
    twin: object
    config: Callable[[list], dict]
    batch: Callable[[list], dict]


def images_with_class(shape: list) -> dict:
    return {"data": torch.randn(shape), "label": torch.randint(0, CLASSES, (shape[0],))}


def images_with_mask(shape: list) -> dict:
    return {"data": torch.randn(shape), "label": torch.randint(0, SEGMENTED_CLASSES, (shape[0], *shape[2:]))}


def images_with_noise(shape: list) -> dict:
    return {"data": torch.randn(shape), "noise": torch.randn(shape[0], NOISE_LENGTH)}


def classifier(shape: list) -> dict:
    return {"inChannels": shape[1], "numClasses": CLASSES}


def volume_classifier(shape: list) -> dict:
    return {**classifier(shape), "spatialDims": 3}


def segmenter(shape: list) -> dict:
    return {"inChannels": shape[1], "numClasses": SEGMENTED_CLASSES}


def generator(shape: list) -> dict:
    return {"inChannels": shape[1], "noiseLength": NOISE_LENGTH, "features": 64, "imageSize": shape[2]}


PEERS = {
    "resnet18": Peer(TWINS["resnet18"], classifier, images_with_class),
    "resnet18-3d": Peer(TWINS["resnet18"], volume_classifier, images_with_class),
    "vgg3d": Peer(TWINS["vgg3d"], classifier, images_with_class),
    "unet2d": Peer(TWINS["unet2d"], segmenter, images_with_mask),
    "unet3d": Peer(TWINS["unet3d"], segmenter, images_with_mask),
    "dcgan": Peer(TWINS["dcgan"], generator, images_with_noise),
}
