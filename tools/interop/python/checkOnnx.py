"""Checks ONNX files with the official checker and prints one JSON array, a row per file.

    python checkOnnx.py FILE...

Row: {"file", "ok", "error", "opsets", "nodes", "inputs", "outputs"}. Exits with 1 when a file is refused.
"""

import argparse
import json
import sys
from collections import Counter

import onnx


def describe_value(value) -> dict:
    dims = value.type.tensor_type.shape.dim
    shape = [d.dim_param if d.HasField("dim_param") else (d.dim_value if d.HasField("dim_value") else None) for d in dims]
    return {"name": value.name, "type": onnx.TensorProto.DataType.Name(value.type.tensor_type.elem_type), "shape": shape}


def check(path: str) -> dict:
    row = {"file": path, "ok": True, "error": None}
    try:
        onnx.checker.check_model(path, full_check=True)
        model = onnx.load(path)
        row["opsets"] = {entry.domain or "ai.onnx": entry.version for entry in model.opset_import}
        row["nodes"] = dict(sorted(Counter(node.op_type for node in model.graph.node).items()))
        row["inputs"] = [describe_value(value) for value in model.graph.input]
        row["outputs"] = [describe_value(value) for value in model.graph.output]
    except Exception as error:  # the checker, the parser and the file system each throw types of their own
        row["ok"] = False
        row["error"] = f"{type(error).__name__}: {error}"
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    rows = [check(path) for path in parser.parse_args().files]
    print(json.dumps(rows))
    sys.exit(0 if all(row["ok"] for row in rows) else 1)


if __name__ == "__main__":
    main()
