"""Trains the PyTorch twin of a segmentation example on the example's own patches, and tests it beside the example's weights.

    python learnSegmentation.py --twin unet2d --data DIRECTORY --weights CHECKPOINT --threads 2

DIRECTORY holds what the example writes with --export-data: initial.safetensors, and data.safetensors with `train.*`, `test.*`, `patches`
[steps, N, sample | start … | mirrored] and `learningRates` [steps]. CHECKPOINT holds the weights that the example reached. Prints one JSON
object: {"steps", "losses": [first, last], "twin": mean Dice of the foreground classes on `test`, "weights": the same of CHECKPOINT,
"classes": Dice of each class of both, [twin, CHECKPOINT]}.
With --overlapping, test images are seen as the example sees them: by windows of the patches' size, which overlap by half, and by their
mirror images. A network with instance norm that learnt from patches is lost on a whole hemisphere.
"""

import argparse
import itertools
import json
import math
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from models import TWINS
from models.unet import dice_cross_entropy
from unet import unet_loss


def cut(data: dict, rows: torch.Tensor, size: list) -> tuple:
    """The patches of one batch: images [N, C, ...] and labels [N, ...]."""
    images, labels = [], []
    for sample, *start, mirrored in rows.tolist():
        box = tuple(slice(first, first + extent) for first, extent in zip(start, size))
        image, label = data["train.data"][(sample, slice(None), *box)], data["train.label"][(sample, *box)]
        images.append(image.flip(-1) if mirrored else image)
        labels.append(label.flip(-1) if mirrored else label)
    return torch.stack(images), torch.stack(labels).long()


def loss_of(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    return dice_cross_entropy(logits, label, background=False, batch=True)


def train(model: torch.nn.Module, data: dict, size: list) -> list:
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    model.train()
    for rows, rate in zip(data["patches"], data["learningRates"].tolist()):
        for group in optimizer.param_groups:
            group["lr"] = rate
        images, labels = cut(data, rows, size)
        optimizer.zero_grad(set_to_none=True)
        loss = unet_loss(model, model(images), labels, loss_of)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def window_starts(extent: int, size: int) -> list:
    """Evenly spread, at most half a window apart, the last one at the end."""
    last = extent - size
    steps = math.ceil(last / (size / 2))
    return [round(last * step / steps) for step in range(steps + 1)] if steps else [0]


def importance(size: list) -> torch.Tensor:
    """A Gaussian that falls to one standard deviation at an eighth of the window from its centre."""
    weights = torch.ones(size)
    for axis, extent in enumerate(size):
        distance = (torch.arange(extent) - (extent - 1) / 2) / (extent / 8)
        weights *= torch.exp(-distance.square() / 2).reshape([-1 if other == axis else 1 for other in range(len(size))])
    return weights.clamp_min(1e-3)


def predict_overlapping(model: torch.nn.Module, image: torch.Tensor, size: list) -> torch.Tensor:
    """Labels of an image [C, ...spatial]: the weighted mean of the probabilities of its windows, seen directly and mirrored along the last axis."""
    weights, scores = importance(size), 0
    for start in itertools.product(*map(window_starts, image.shape[1:], size)):
        box = (slice(None), *(slice(first, first + extent) for first, extent in zip(start, size)))
        window = image[box].unsqueeze(0)
        probabilities = (model(window).softmax(1) + model(window.flip(-1)).softmax(1).flip(-1)).squeeze(0) / 2
        if isinstance(scores, int):
            scores = torch.zeros(len(probabilities), *image.shape[1:])
        scores[box] += probabilities * weights
    return scores.argmax(0)


def class_dice(model: torch.nn.Module, data: dict, window: list | None) -> dict:
    """Over all pixels of the test images, of the foreground classes that occur in them."""
    model.eval()
    with torch.inference_mode():
        predicted = [
            model(image.unsqueeze(0)).argmax(1).squeeze(0) if window is None else predict_overlapping(model, image, window)
            for image in data["test.data"]
        ]
    prediction, truth = torch.stack(predicted), data["test.label"].long()
    scores = {}
    for label in truth.unique().tolist():
        if label > 0:
            overlap = ((prediction == label) & (truth == label)).sum().item()
            scores[label] = 2 * overlap / ((prediction == label).sum().item() + (truth == label).sum().item())
    return scores


def mean(scores: dict) -> float:
    return sum(scores.values()) / len(scores)


def load_weights(model: torch.nn.Module, path: Path) -> None:
    """Of a checkpoint, which also holds the optimizer's state."""
    entries = load_file(path)
    model.load_state_dict({name: value for name, value in entries.items() if not name.startswith("optimizer.")})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--twin", choices=["unet2d", "unet3d"], required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--overlapping", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with safe_open(options.data / "data.safetensors", "pt") as file:
        config = json.loads(file.metadata()["meta"])
    data = load_file(options.data / "data.safetensors")

    model = TWINS[options.twin].create(config["network"])
    load_weights(model, options.data / "initial.safetensors")
    losses = train(model, data, config["size"])
    window = config["size"] if options.overlapping else None
    twin = class_dice(model, data, window)
    load_weights(model, options.weights)
    weights = class_dice(model, data, window)
    classes = {label: [round(score, 3), round(weights[label], 3)] for label, score in twin.items()}
    report = {"steps": len(losses), "losses": [losses[0], losses[-1]], "twin": mean(twin), "weights": mean(weights), "classes": classes}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
