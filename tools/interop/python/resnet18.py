"""ResNet18 of torchvision, for one-channel images and any number of classes."""

import sys
import types

import torch

# torchvision's wheel registers shape rules for compiled detection operators (nms, roi_align). Where the
# wheel was built for another torch flavour (CPU torch, CUDA torchvision) those operators are missing and
# the import fails, although no classification network uses them.
if "torchvision" not in sys.modules:
    sys.modules.setdefault("torchvision._meta_registrations", types.ModuleType("torchvision._meta_registrations"))

import torchvision  # noqa: E402


def create_resnet18(in_channels: int, classes: int) -> torch.nn.Module:
    """torchvision's own network; only the first convolution differs, and only when in_channels is not 3."""
    model = torchvision.models.resnet18(weights=None, num_classes=classes)
    if in_channels != 3:
        model.conv1 = torch.nn.Conv2d(in_channels, 64, kernel_size=7, stride=2, padding=3, bias=False)
    return model
