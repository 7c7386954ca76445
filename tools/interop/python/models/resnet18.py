"""ResNet18: torchvision's own for images, and the same for volumes or with other widths."""

import torch
from torch import nn
from torch.nn import functional

from models.twin import Supervised
from resnet18 import create_resnet18

LAYERS = {2: (nn.Conv2d, nn.BatchNorm2d, nn.MaxPool2d), 3: (nn.Conv3d, nn.BatchNorm3d, nn.MaxPool3d)}


class BasicBlock(nn.Module):
    def __init__(self, dims: int, inputs: int, outputs: int, stride: int):
        super().__init__()
        conv, norm, _ = LAYERS[dims]
        self.conv1 = conv(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = norm(outputs)
        self.conv2 = conv(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = norm(outputs)
        same = stride == 1 and inputs == outputs
        self.downsample = None if same else nn.Sequential(conv(inputs, outputs, 1, stride, bias=False), norm(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        inner = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        return functional.relu(self.bn2(self.conv2(inner)) + shortcut, inplace=True)


class ResNet18(nn.Module):
    def __init__(self, dims: int, channels: int, classes: int, features: int):
        super().__init__()
        conv, norm, pool = LAYERS[dims]
        self.conv1 = conv(channels, features, 7, 2, 3, bias=False)
        self.bn1 = norm(features)
        self.maxpool = pool(3, 2, 1)
        for stage in range(4):
            inputs, outputs = features * 2 ** max(stage - 1, 0), features * 2**stage
            first = BasicBlock(dims, inputs, outputs, 1 if stage == 0 else 2)
            setattr(self, f"layer{stage + 1}", nn.Sequential(first, BasicBlock(dims, outputs, outputs, 1)))
        self.fc = nn.Linear(8 * features, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(functional.relu(self.bn1(self.conv1(x)), inplace=True))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.flatten(2).mean(2))


def create(config: dict) -> nn.Module:
    dims, features = config.get("spatialDims", 2), config.get("features", 64)
    if (dims, features) == (2, 64):
        return create_resnet18(config["inChannels"], config["numClasses"])
    return ResNet18(dims, config["inChannels"], config["numClasses"], features)


resnet18 = Supervised(create=create, loss=functional.cross_entropy)
