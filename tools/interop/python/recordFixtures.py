"""Records the fixtures that `npm test` compares with, or checks that the recorded ones are still what the peers say.

    python recordFixtures.py --root REPOSITORY [--check] [NAME...]

Prints one JSON array, a row per fixture: {"name", "path", "bytes", "state": "written" | "same" | "differs"}. Exits with 1 on a difference.
"""

import argparse
import inspect
import json
import math
import sys
from pathlib import Path

import torch

from fixtures import dcgan, imaging, itk_files, metric_scores, metrics, nifti, nn, nn_details, nn_more, npy, optim, plateau, resize, resnet18, safetensors, schedules, sliding_window, splits, transforms, unet, volumes

FIXTURES = {"optim": optim, "nn": nn, "nn_details": nn_details, "nn_more": nn_more, "metrics": metrics, "metric_scores": metric_scores, "resnet18": resnet18, "safetensors": safetensors, "schedules": schedules, "plateau": plateau, "dcgan": dcgan, "volumes": volumes, "unet": unet, "imaging": imaging, "nifti": nifti, "npy": npy, "itk_files": itk_files, "resize": resize, "sliding_window": sliding_window, "splits": splits, "transforms": transforms}


def close(left, right) -> bool:
    """Another CPU sums in another order, so recorded numbers may differ in their last digits."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(close(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(close(a, b) for a, b in zip(left, right))
    if isinstance(left, (int, float)) and isinstance(right, (int, float)) and not isinstance(left, bool):
        return math.isclose(left, right, rel_tol=1e-8, abs_tol=1e-11)
    return left == right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--check", action="store_true", help="compare with the recorded files and write nothing")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(FIXTURES)}; all when absent")
    options = parser.parse_args()
    unknown = set(options.names) - FIXTURES.keys()
    if unknown:
        parser.error(f"no fixture named {', '.join(sorted(unknown))}; there are {', '.join(FIXTURES)}")
    torch.set_num_threads(1)
    rows = []
    for name in options.names or FIXTURES:
        fixture = FIXTURES[name]
        path = options.root / fixture.PATH
        takes_root = bool(inspect.signature(fixture.record).parameters)
        text = json.dumps(fixture.record(options.root) if takes_root else fixture.record(), separators=(",", ":"))
        if options.check:
            recorded = json.loads(path.read_text()) if path.exists() else None
            state = "same" if close(json.loads(text), recorded) else "differs"
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n")
            state = "written"
        rows.append({"name": name, "path": fixture.PATH, "bytes": len(text), "state": state})
    print(json.dumps(rows))
    sys.exit(1 if any(row["state"] == "differs" for row in rows) else 0)


if __name__ == "__main__":
    main()
