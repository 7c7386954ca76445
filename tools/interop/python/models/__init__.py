"""PyTorch twins of this project's networks: the same structure, the same names, the same training step.

A row per network. `tools/interop` compares the numbers of both, `benchmarks` their times.
"""

from models.resnet18 import resnet18

TWINS = {"resnet18": resnet18}
