"""Runs steps of a PyTorch model on demand and says how long each took: the peer of `npm run bench`.

    python torchTrain.py --model resnet18 --shape 32,1,64,64 --threads 2 --optimizer adam [--mode train|predict]

Prints one JSON line when ready: {"ready": true, "torch", "threads", "parameters"}. Then, for every line `n` on
standard input, runs n steps and prints {"ms": [time of each step], "rssMb": resident memory now, "peakRssMb": the most so far}.
Ends when standard input closes. A training step is what PyTorch users write: zero_grad(set_to_none=True), forward, loss, backward,
optimizer.step() and loss.item().
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "interop" / "python"))

from peerModels import PEERS  # noqa: E402

OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=1e-3, momentum=0.9),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=1e-3),
    "adamw": lambda parameters: torch.optim.AdamW(parameters, lr=1e-3),
}


def memory() -> dict:
    """Resident memory in MiB. The kernel's own peak mark where there is one: getrusage inherits the parent's peak across fork."""
    status = Path("/proc/self/status")
    if status.exists():
        kib = dict(line.split(":", 1) for line in status.read_text().splitlines())
        now, peak = (int(kib[key].split()[0]) for key in ("VmRSS", "VmHWM"))
    else:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
        now = peak
    return {"rssMb": now / 1024, "peakRssMb": peak / 1024}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=sorted(PEERS), required=True)
    parser.add_argument("--shape", required=True, help="batch,channels,extents")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--optimizer", choices=sorted(OPTIMIZERS), default="adam")
    parser.add_argument("--mode", choices=["train", "predict"], default="train")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    shape = [int(size) for size in options.shape.split(",")]
    peer = PEERS[options.model]
    model = peer.twin.create(peer.config(shape))
    groups = peer.twin.groups(model)
    optimizers = {name: OPTIMIZERS[options.optimizer](parameters) for name, parameters in groups.items()}
    batches = [peer.batch(shape) for _ in range(4)]

    def train(batch: dict) -> None:
        peer.twin.step(model, optimizers, batch, {})

    def predict(batch: dict) -> None:
        with torch.inference_mode():
            peer.twin.predict(model, batch).numpy()

    step = train if options.mode == "train" else predict
    model.train(options.mode == "train")
    parameters = sum(parameter.numel() for parameter in model.parameters())
    print(json.dumps({"ready": True, "torch": torch.__version__, "threads": torch.get_num_threads(), "parameters": parameters}), flush=True)

    done = 0
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            batch = batches[done % len(batches)]
            start = time.perf_counter()
            step(batch)
            times.append((time.perf_counter() - start) * 1000)
            done += 1
        print(json.dumps({"ms": times, **memory()}), flush=True)


if __name__ == "__main__":
    main()
