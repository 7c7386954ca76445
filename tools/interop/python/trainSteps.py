"""Trains torchvision's ResNet18 for a few steps on given weights and batches and writes what happened.

    python trainSteps.py --job DIRECTORY/job.json

job.json: {"weights": file, "batches": file, "inChannels": 1, "classes": 10, "threads": 2, "runs": [run, ...]}
run:      {"name": "adam-float64", "optimizer": {"type": "adam", "lr": 0.001}, "dtype": "float64", "steps": 20, "gradientBatches": 1,
           "firstBatch": 0 (optional: where in the batches it begins)}

The weights carry torchvision's names; the batches hold `image` [steps, N, C, H, W] and `label` [steps, N].
Beside job.json it writes result.json with the losses of every run, and per run
NAME.gradients.I.safetensors (at the initial weights, for each of the first `gradientBatches` batches),
NAME.state.safetensors (after the last step) and NAME.logits.safetensors (the first batch, evaluation mode,
after the last step), all in float64.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from optimizers import create_optimizer
from resnet18 import create_resnet18


def create_model(job: dict, weights: dict, dtype: torch.dtype) -> torch.nn.Module:
    model = create_resnet18(job["inChannels"], job["classes"])
    missing, unexpected = model.load_state_dict(weights, strict=False)
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise SystemExit(f"weights do not fit torchvision's ResNet18: missing {missing}, unexpected {unexpected}")
    return model.to(dtype).train()


def loss_of(model: torch.nn.Module, batches: dict, step: int, dtype: torch.dtype) -> torch.Tensor:
    prediction = model(batches["image"][step].to(dtype))
    return torch.nn.functional.cross_entropy(prediction, batches["label"][step].to(torch.int64))


def save(tensors: dict, path: Path) -> None:
    save_file({name: value.detach().to(torch.float64).contiguous() for name, value in tensors.items()}, path)


def train(job: dict, folder: Path, run: dict, weights: dict, batches: dict) -> dict:
    name, dtype, first = run["name"], getattr(torch, run["dtype"]), run.get("firstBatch", 0)
    for index in range(run["gradientBatches"]):
        model = create_model(job, weights, dtype)
        loss_of(model, batches, first + index, dtype).backward()
        save({key: p.grad for key, p in model.named_parameters()}, folder / f"{name}.gradients.{index}.safetensors")
    model = create_model(job, weights, dtype)
    optimizer = create_optimizer(run["optimizer"], model.parameters())
    losses = []
    for step in range(run["steps"]):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model, batches, first + step, dtype)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    save(model.state_dict(), folder / f"{name}.state.safetensors")
    with torch.no_grad():
        save({"logits": model.eval()(batches["image"][first].to(dtype))}, folder / f"{name}.logits.safetensors")
    return {"losses": losses}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--job", type=Path, required=True)
    path = parser.parse_args().job
    folder = path.parent
    job = json.loads(path.read_text())
    torch.set_num_threads(job["threads"])
    weights = load_file(folder / job["weights"])
    batches = load_file(folder / job["batches"])
    runs = {run["name"]: train(job, folder, run, weights, batches) for run in job["runs"]}
    (folder / "result.json").write_text(json.dumps({"torch": torch.__version__, "runs": runs}))


if __name__ == "__main__":
    main()
