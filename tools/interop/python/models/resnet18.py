"""ResNet18 of torchvision."""

import torch

from models.twin import Supervised
from resnet18 import create_resnet18

resnet18 = Supervised(
    create=lambda config: create_resnet18(config["inChannels"], config["numClasses"]),
    loss=torch.nn.functional.cross_entropy,
)
