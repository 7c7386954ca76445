"""Trains torchvision's ResNet18 for a few steps on given weights and batches and writes what happened.

    python trainSteps.py --job DIRECTORY/job.json

job.json: {"weights": file, "batches": file, "inChannels": 1, "classes": 10, "threads": 2, "runs": [run, ...]}
run:      {"name": "adam-float64", "optimizer": {"type": "adam", "lr": 0.001}, "dtype": "float64", "steps": 20}

The weights carry torchvision's names; the batches hold `image` [steps, N, C, H, W] and `label` [steps, N].
Beside job.json it writes result.json with the losses of every run, and per run
NAME.gradients.safetensors (first step), NAME.state.safetensors (after the last step) and
NAME.logits.safetensors (the first batch, evaluation mode, after the last step), all in float64.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from optimizers import create_optimizer
from resnet18 import create_resnet18


def train(job: dict, folder: Path, run: dict, weights: dict, batches: dict) -> dict:
    dtype = getattr(torch, run["dtype"])
    model = create_resnet18(job["inChannels"], job["classes"])
    missing, unexpected = model.load_state_dict(weights, strict=False)
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise SystemExit(f"weights do not fit torchvision's ResNet18: missing {missing}, unexpected {unexpected}")
    model.to(dtype).train()
    optimizer = create_optimizer(run["optimizer"], model.parameters())
    losses, gradients = [], {}
    for step in range(run["steps"]):
        image = batches["image"][step].to(dtype)
        label = batches["label"][step].to(torch.int64)
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(image), label)
        loss.backward()
        if step == 0:
            gradients = {name: p.grad.detach().to(torch.float64) for name, p in model.named_parameters()}
        optimizer.step()
        losses.append(loss.item())
    name = run["name"]
    save_file({k: v.contiguous() for k, v in gradients.items()}, folder / f"{name}.gradients.safetensors")
    state = {k: v.detach().to(torch.float64).contiguous() for k, v in model.state_dict().items()}
    save_file(state, folder / f"{name}.state.safetensors")
    with torch.no_grad():
        logits = model.eval()(batches["image"][0].to(dtype)).to(torch.float64)
    save_file({"logits": logits.contiguous()}, folder / f"{name}.logits.safetensors")
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
