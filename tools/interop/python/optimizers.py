"""Builds a PyTorch optimizer from the plain description used in jobs and fixtures."""

import torch

_CLASSES = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
}
_KEYWORDS = {
    "lr": "lr",
    "momentum": "momentum",
    "dampening": "dampening",
    "nesterov": "nesterov",
    "weightDecay": "weight_decay",
    "betas": "betas",
    "epsilon": "eps",
    "alpha": "alpha",
    "centered": "centered",
}


def create_optimizer(description: dict, parameters) -> torch.optim.Optimizer:
    """`description` is {"type": "sgd", "lr": 0.01, ...}; an unknown key is an error, never ignored."""
    keywords = {_KEYWORDS[key]: value for key, value in description.items() if key != "type"}
    return _CLASSES[description["type"]](parameters, **keywords)
