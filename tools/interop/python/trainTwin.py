"""Trains the PyTorch twin of a network for a few steps on given weights, batches and noise, and writes what happened.

    python trainTwin.py --job DIRECTORY/job.json

job.json: {"twin": "unet2d", "config": our network's config, "threads": 2, "runs": [run, ...]}
run:      {"name": "adam-float64", "optimizer": {"type": "adam", "lr": 0.001}, "dtype": "float64", "steps": 20, "gradientBatches": 1,
           "firstBatch": 0, "after": true}

Beside job.json lie, all by our names: weights.safetensors, the initial values, which must be all of the twin's and no others;
batches.safetensors and noise.safetensors, each entry with a leading axis of steps; predicted.safetensors, a batch to predict.
It writes result.json with the losses of every run, step after step, and those at the initial weights, batch after batch; and per run
NAME.gradients.I.safetensors (at the initial weights, for each of the first `gradientBatches` batches from `firstBatch`, in the run's
precision); where `after` is true, NAME.state.safetensors (after the last step) and NAME.prediction.safetensors (in evaluation mode,
after the last step), both in float64.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from models import TWINS
from optimizers import create_optimizer


class GradientRecorder:
    """Stands where an optimizer is, and keeps the gradients instead of using them."""

    def __init__(self, parameters: dict):
        self.parameters = parameters
        self.gradients = {}

    def zero_grad(self, set_to_none: bool = True) -> None:
        for parameter in self.parameters.values():
            parameter.grad = None

    def step(self) -> None:
        self.gradients = {name: parameter.grad.clone() for name, parameter in self.parameters.items()}


def cast(entries: dict, dtype: torch.dtype) -> dict:
    """Numbers in the run's precision, class numbers as PyTorch's losses want them."""
    return {name: value.to(dtype if value.is_floating_point() else torch.int64) for name, value in entries.items()}


def save(tensors: dict, path: Path, dtype: torch.dtype = torch.float64) -> None:
    save_file({name: value.detach().to(dtype).contiguous() for name, value in tensors.items()}, path)


class Run:
    def __init__(self, job: dict, folder: Path, run: dict):
        self.twin, self.config = TWINS[job["twin"]], job["config"]
        self.folder, self.run, self.dtype = folder, run, getattr(torch, run["dtype"])
        self.weights, self.predicted = (load_file(folder / f"{name}.safetensors") for name in ("weights", "predicted"))
        self.batches, self.noise = (load_file(folder / f"{name}.safetensors") for name in ("batches", "noise"))

    def create_model(self) -> torch.nn.Module:
        model = self.twin.create(self.config)
        model.load_state_dict(self.weights)
        return model.to(self.dtype).train()

    def step(self, model: torch.nn.Module, optimizers: dict, index: int) -> list:
        position = self.run["firstBatch"] + index
        batch, noise = ({name: value[position] for name, value in entries.items()} for entries in (self.batches, self.noise))
        return self.twin.step(model, optimizers, cast(batch, self.dtype), cast(noise, self.dtype))

    def write_gradients(self, index: int) -> list:
        model = self.create_model()
        names = {parameter: name for name, parameter in model.named_parameters()}
        groups = self.twin.groups(model)
        recorders = {group: GradientRecorder({names[p]: p for p in parameters}) for group, parameters in groups.items()}
        losses = self.step(model, recorders, index)
        gradients = {name: gradient for recorder in recorders.values() for name, gradient in recorder.gradients.items()}
        save(gradients, self.folder / f"{self.run['name']}.gradients.{index}.safetensors", self.dtype)
        return losses

    def train(self) -> dict:
        name = self.run["name"]
        initial_losses = [loss for index in range(self.run["gradientBatches"]) for loss in self.write_gradients(index)]
        if self.run["steps"] == 0 and not self.run["after"]:
            return {"losses": [], "initialLosses": initial_losses}
        model = self.create_model()
        groups = self.twin.groups(model)
        optimizers = {group: create_optimizer(self.run["optimizer"], parameters) for group, parameters in groups.items()}
        losses = [loss for index in range(self.run["steps"]) for loss in self.step(model, optimizers, index)]
        if not self.run["after"]:
            return {"losses": losses, "initialLosses": initial_losses}
        save(model.state_dict(), self.folder / f"{name}.state.safetensors")
        with torch.inference_mode():
            prediction = self.twin.predict(model.eval(), cast(self.predicted, self.dtype))
        save({"prediction": prediction}, self.folder / f"{name}.prediction.safetensors")
        return {"losses": losses, "initialLosses": initial_losses}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--job", type=Path, required=True)
    path = parser.parse_args().job
    folder = path.parent
    job = json.loads(path.read_text())
    torch.set_num_threads(job["threads"])
    runs = {run["name"]: Run(job, folder, run).train() for run in job["runs"]}
    (folder / "result.json").write_text(json.dumps({"torch": torch.__version__, "runs": runs}))


if __name__ == "__main__":
    main()
