"""Runs an ONNX file in ONNX Runtime on the CPU.

    python runOnnx.py MODEL INPUTS.safetensors OUTPUTS.safetensors

The inputs are named as the model's; the outputs are written under theirs.
"""

import argparse

import onnxruntime
from safetensors.numpy import load_file, save_file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("inputs")
    parser.add_argument("outputs")
    options = parser.parse_args()
    session = onnxruntime.InferenceSession(options.model, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    results = session.run(names, load_file(options.inputs))
    save_file(dict(zip(names, results)), options.outputs)


if __name__ == "__main__":
    main()
