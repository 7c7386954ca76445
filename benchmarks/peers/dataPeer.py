"""What `npm run bench -- data` compares with: batchgenerators, nibabel, and PyTorch with its DataLoader.

    python dataPeer.py augment --chain nnunet --size 64,64,64 --batch 2 --batches 32 --workers 2
    python dataPeer.py nifti --files a.nii.gz,b.nii.gz
    python dataPeer.py train --chain nnunet --size 64,64,64 --batch 2 --batches 8 --workers 2 --threads 2

Prints one JSON line when ready. Then, for every line `n` on standard input, runs n epochs and prints {"ms": [time of a batch, or of all files, in each
epoch], "cpuMs": the same in CPU time of this process and its workers, "rssMb", "peakRssMb"}. Ends when standard input closes.
"""

import argparse
import json
import os
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "interop" / "python"))

TICKS = os.sysconf("SC_CLK_TCK")


def memory() -> dict:
    status = Path("/proc/self/status")
    if not status.exists():
        return {"rssMb": 0, "peakRssMb": 0}
    kib = dict(line.split(":", 1) for line in status.read_text().splitlines())
    now, peak = (int(kib[key].split()[0]) for key in ("VmRSS", "VmHWM"))
    return {"rssMb": now / 1024, "peakRssMb": peak / 1024}


def cpu_seconds(children: list) -> float:
    """Of this process and of workers, alive or awaited."""
    usages = [resource.getrusage(which) for which in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    total = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    for child in children:
        stat = Path(f"/proc/{child}/stat")
        if stat.exists():
            fields = stat.read_text().rsplit(")", 1)[1].split()
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def living_children() -> list:
    task = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(child) for child in task.read_text().split()] if task.exists() else []


def augment(options) -> tuple:
    from batchgeneratorsChains import create_chain, create_sample, epochs

    samples = [create_sample(options.size, index) for index in range(4)]
    run = epochs(samples, create_chain(options.chain, options.size), options.batch, options.batches, options.workers)

    def epoch() -> None:
        seen = sum(1 for _ in run())
        assert seen == options.batches, f"{seen} batches instead of {options.batches}"

    return epoch, options.batches, {"batchgenerators": version("batchgenerators"), "numpy": numpy.__version__}


def nifti(options) -> tuple:
    import nibabel

    files = options.files.split(",")

    def epoch() -> None:
        for file in files:
            nibabel.load(file).get_fdata(dtype=numpy.float32, caching="unchanged")

    return epoch, 1, {"nibabel": nibabel.__version__}


def train(options) -> tuple:
    import torch
    from batchgeneratorsChains import create_chain, create_sample
    from torch.utils.data import DataLoader, Dataset

    from models import TWINS

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    samples = [create_sample(options.size, index) for index in range(4)]
    transform = create_chain(options.chain, options.size)

    class Samples(Dataset):
        def __len__(self) -> int:
            return options.batch * options.batches

        def __getitem__(self, index: int) -> dict:
            sample = samples[index % len(samples)]
            # batchgenerators works on batches, and in place: a batch of one, copied.
            changed = transform(data=sample["data"][None].copy(), seg=sample["seg"][None].copy())
            return {"data": torch.from_numpy(changed["data"][0]), "label": torch.from_numpy(changed["seg"][0, 0]).long()}

    def seed(worker: int) -> None:
        numpy.random.seed(torch.initial_seed() % 2**32)
        torch.set_num_threads(1)

    loader = DataLoader(Samples(), options.batch, num_workers=options.workers, worker_init_fn=seed, persistent_workers=options.workers > 0, prefetch_factor=2 if options.workers else None)
    rank = len(options.size)
    twin = TWINS[f"unet{rank}d"]
    model = twin.create({"inChannels": 1, "numClasses": 3, "startFilters": options.filters, "depth": options.depth})
    optimizers = {name: torch.optim.Adam(parameters, lr=1e-3) for name, parameters in twin.groups(model).items()}
    model.train()

    def epoch() -> None:
        for batch in loader:
            twin.step(model, optimizers, batch, {})

    return epoch, options.batches, {"torch": torch.__version__, "threads": torch.get_num_threads()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["augment", "nifti", "train"])
    parser.add_argument("--chain", default="nnunet")
    parser.add_argument("--size", type=lambda text: tuple(int(part) for part in text.split(",")), default=(64, 64, 64))
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--batches", type=int, default=8, help="of an epoch")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--filters", type=int, default=16)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--files", default="")
    options = parser.parse_args()

    epoch, parts, ready = {"augment": augment, "nifti": nifti, "train": train}[options.task](options)
    print(json.dumps({"ready": True, **ready}), flush=True)
    for line in sys.stdin:
        times, spent = [], []
        for _ in range(int(line)):
            before, start = cpu_seconds(living_children()), time.perf_counter()
            epoch()
            times.append((time.perf_counter() - start) * 1000 / parts)
            spent.append((cpu_seconds(living_children()) - before) * 1000 / parts)
        print(json.dumps({"ms": times, "cpuMs": spent, **memory()}), flush=True)


if __name__ == "__main__":
    main()
