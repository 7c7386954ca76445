"""PyTorch twins of this project's networks: the same structure, the same names, the same training step.

A row per network. `tools/interop` compares the numbers of both, `benchmarks` their times.
"""

from models.dcgan import dcgan
from models.resnet18 import resnet18
from models.unet import unet2d, unet3d
from models.vgg3d import vgg3d

TWINS = {"resnet18": resnet18, "vgg3d": vgg3d, "unet2d": unet2d, "unet3d": unet3d, "dcgan": dcgan}
