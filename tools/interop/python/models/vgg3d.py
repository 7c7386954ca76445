"""delira's VGG-like network for volumes; it gives logits."""

import torch
from torch import nn

from models.twin import Dropout, Supervised

DEFAULTS = {"features": 64, "pooledSize": [1, 16, 16], "hidden": [1024, 64], "dropout": [0.5, 0.1]}


def block(inputs: int, outputs: int, kernel) -> list:
    return [nn.Conv3d(inputs, outputs, 3, stride=2), nn.Conv3d(outputs, outputs, kernel), nn.BatchNorm3d(outputs), nn.LeakyReLU(0.01, inplace=True)]


class VGG3D(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        config = {**DEFAULTS, **config}
        features, pooled = config["features"], config["pooledSize"]
        (wide, narrow), (first, second) = config["hidden"], config["dropout"]
        self.features = nn.Sequential(
            *block(config["inChannels"], features, 3), *block(features, 2 * features, 3), *block(2 * features, 4 * features, (1, 3, 3))
        )
        self.pool = nn.AdaptiveMaxPool3d(tuple(pooled))
        self.classifier = nn.Sequential(
            nn.Linear(4 * features * pooled[0] * pooled[1] * pooled[2], wide),
            Dropout(first),
            nn.LeakyReLU(0.01, inplace=True),
            nn.Linear(wide, narrow),
            Dropout(second),
            nn.LeakyReLU(0.01, inplace=True),
            nn.Linear(narrow, config["numClasses"]),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.pool(self.features(x)).flatten(1))


vgg3d = Supervised(create=VGG3D, loss=nn.functional.cross_entropy)
