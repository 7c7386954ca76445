"""What SimpleITK, nibabel and NumPy make of the tasks that the check `imaging` writes.

    python imaging.py FOLDER

Reads FOLDER/tasks.json, writes arrays beside it and FOLDER/results.json. Geometry counts x, y, z and is LPS; arrays are .npy, [z, y, x].
"""

import json
import sys
from pathlib import Path

import nibabel
import numpy
import safetensors.numpy
import SimpleITK as sitk

INTERPOLATORS = {"nearest": sitk.sitkNearestNeighbor, "linear": sitk.sitkLinear, "cubic": sitk.sitkBSpline}
PIXELS = {"float64": sitk.sitkFloat64, "float32": sitk.sitkFloat32, "int32": sitk.sitkInt32, "uint8": sitk.sitkUInt8}
DTYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64", "complex64", "complex128"]


def image_of(folder: Path, task: dict) -> sitk.Image:
    image = sitk.GetImageFromArray(numpy.load(folder / task["array"]))
    image.SetSpacing(task["spacing"])
    image.SetOrigin(task["origin"])
    image.SetDirection(task["direction"])
    return image


def geometry(image: sitk.Image) -> dict:
    return {"spacing": list(image.GetSpacing()), "origin": list(image.GetOrigin()), "direction": list(image.GetDirection())}


def save(folder: Path, name: str, image: sitk.Image) -> dict:
    numpy.save(folder / name, sitk.GetArrayFromImage(image))
    return {"array": name, **geometry(image)}


def resample(folder: Path, index: int, task: dict) -> dict:
    grid = task["grid"]
    result = sitk.Resample(
        image_of(folder, task["image"]),
        grid["size"],
        sitk.Transform(),
        INTERPOLATORS[task["interpolation"]],
        grid["origin"],
        grid["spacing"],
        grid["direction"],
        float(task["fill"]),
        PIXELS[task["dtype"]],
    )
    return save(folder, f"resampled-{index}.npy", result)


def orient(folder: Path, index: int, task: dict) -> dict:
    return save(folder, f"oriented-{index}.npy", sitk.DICOMOrient(image_of(folder, task["image"]), task["code"]))


def read_nifti(folder: Path, task: dict) -> dict:
    """How far a file that we wrote is from what we wrote."""
    image = nibabel.load(folder / task["file"])
    expected = numpy.load(folder / task["array"])
    values = numpy.transpose(numpy.asarray(image.dataobj))
    same_shape = values.shape == expected.shape
    qform = image.get_qform() if image.header["qform_code"] > 0 else image.affine
    return {
        "dtype": str(image.get_data_dtype()),
        "wrongValues": int((values != expected).sum()) if same_shape else values.size,
        "affine": float(numpy.abs(image.affine - numpy.array(task["affine"]).reshape(4, 4)).max()),
        "qform": float(numpy.abs(qform - image.affine).max()),
    }


def write_nifti(folder: Path) -> list:
    """Files of every datatype, byte order and version, with random affines, some of them scaled or compressed."""
    random = numpy.random.default_rng(5)
    files = []
    for dtype in DTYPES:
        for order in "<>":
            for version, (kind, header_kind) in {1: (nibabel.Nifti1Image, nibabel.Nifti1Header), 2: (nibabel.Nifti2Image, nibabel.Nifti2Header)}.items():
                scaled = dtype in ("int16", "uint8", "float32") and version == 1
                ending = ".nii.gz" if order == ">" else ".nii"
                name = f"nibabel-{dtype}-{'little' if order == '<' else 'big'}-{version}"
                values = random.normal(0, 50, (5, 4, 3))
                if dtype.startswith("u"):
                    values = numpy.abs(values)
                data = (values + 1j * values[::-1] if dtype.startswith("complex") else numpy.clip(values, -120, 250)).astype(dtype)
                header = header_kind(endianness=order)
                header.set_data_dtype(dtype)
                affine = numpy.eye(4)
                affine[:3] = random.normal(0, 3, (3, 4))
                image = kind(data, affine, header)
                if scaled:
                    image.header.set_slope_inter(0.5, -3)
                path = folder / f"{name}{ending}"
                nibabel.save(image, path)
                loaded = nibabel.load(path)
                stored = numpy.transpose(numpy.asarray(loaded.dataobj))
                if numpy.iscomplexobj(stored):
                    stored = numpy.stack([stored.real, stored.imag])
                numpy.save(folder / f"{name}.npy", stored.astype(numpy.float64))
                files.append({"file": path.name, "array": f"{name}.npy", "affine": loaded.affine.flatten().tolist(), "scaled": scaled})
    return files


def write_nifti_pairs(folder: Path) -> list:
    """Pairs of .hdr and .img in both byte orders and versions, compressed and not."""
    random = numpy.random.default_rng(7)
    files = []
    for version, (kind, header_kind) in {1: (nibabel.Nifti1Pair, nibabel.nifti1.Nifti1PairHeader), 2: (nibabel.Nifti2Pair, nibabel.nifti2.Nifti2PairHeader)}.items():
        for order in "<>":
            name, ending = f"pair-{version}-{'little' if order == '<' else 'big'}", ".gz" if order == ">" else ""
            header = header_kind(endianness=order)
            header.set_data_dtype("int16")
            affine = numpy.eye(4)
            affine[:3] = random.normal(0, 3, (3, 4))
            nibabel.save(kind(random.integers(-500, 500, (5, 4, 3)).astype("int16"), affine, header), folder / f"{name}.img{ending}")
            loaded = nibabel.load(folder / f"{name}.img{ending}")
            numpy.save(folder / f"{name}.npy", numpy.transpose(numpy.asarray(loaded.dataobj)).astype(numpy.float64))
            files.append({"file": f"{name}.hdr{ending}", "array": f"{name}.npy", "affine": loaded.affine.flatten().tolist(), "scaled": False})
    return files


def write_analyze(folder: Path) -> list:
    files = []
    for order in "<>":
        name = f"analyze-{'little' if order == '<' else 'big'}"
        header = nibabel.analyze.AnalyzeHeader(endianness=order)
        header.set_data_dtype("int16")
        nibabel.save(nibabel.AnalyzeImage(numpy.ones((2, 2, 2), "int16"), numpy.eye(4), header), folder / f"{name}.img")
        files.append(f"{name}.hdr")
    return files


def write_images(folder: Path) -> list:
    """Grey and coloured pictures of 8 and 16 bits, and stacks of them; the expected array has the channels, or the slices, first."""
    random = numpy.random.default_rng(8)
    files = []
    for dtype, most in {"uint8": 256, "uint16": 65536, "float32": 1000}.items():
        for kind, shape in {"grey": (6, 7), "colour": (6, 7, 3), "stack": (4, 6, 7)}.items():
            for ending in [".png", ".tif"]:
                if (ending == ".png" and (kind == "stack" or dtype == "float32")) or (kind == "colour" and dtype == "float32"):
                    continue
                values = random.integers(0, most, shape).astype(dtype)
                name = f"sitk-{kind}-{dtype}{ending}"
                sitk.WriteImage(sitk.GetImageFromArray(values, isVector=kind == "colour"), folder / name)
                expected = values[None] if kind == "grey" else values.transpose(2, 0, 1) if kind == "colour" else values
                numpy.save(folder / f"{name}.npy", expected.astype("<f8"))
                files.append({"file": name, "array": f"{name}.npy"})
    return files


def read_image(folder: Path, task: dict) -> dict:
    """How far a picture that we wrote is from what we wrote."""
    values = sitk.GetArrayFromImage(sitk.ReadImage(folder / task["file"]))
    expected = numpy.load(folder / task["array"])
    planar = values.transpose(2, 0, 1) if values.ndim == 3 and expected.shape[0] == 3 else values[None]
    same_shape = planar.shape == expected.shape
    return {"dtype": str(values.dtype), "wrongValues": int((planar != expected).sum()) if same_shape else values.size}


def write_safetensors(folder: Path) -> dict:
    """A file with a tensor of every type; half precision is compared by its bits."""
    random = numpy.random.default_rng(9)
    tensors, arrays = {}, {}
    for dtype in ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64"]:
        for shape in [(3, 4), (), (0, 2)]:
            name = f"{dtype}-{len(shape)}-{shape[0] if shape else 1}"
            tensors[name] = numpy.asarray(random.integers(0, 2 if dtype == "bool" else 100, shape)).astype(dtype)
            stored = tensors[name].view("uint16") if dtype == "float16" else tensors[name]
            numpy.save(folder / f"safetensors-{name}.npy", stored.astype("<f8"))
            arrays[name] = f"safetensors-{name}.npy"
    safetensors.numpy.save_file(tensors, folder / "numpy.safetensors", {"written by": "safetensors"})
    return {"file": "numpy.safetensors", "arrays": arrays}


def read_safetensors(folder: Path, task: dict) -> dict:
    tensors = safetensors.numpy.load_file(folder / task["file"])
    return {name: {"dtype": str(array.dtype), "shape": list(array.shape), "sum": float(array.astype(numpy.float64).sum())} for name, array in tensors.items()}


def write_npy(folder: Path) -> list:
    random = numpy.random.default_rng(6)
    files = []
    for dtype in ["<f4", ">f4", "<f8", ">f8", "|i1", "|u1", "<i2", ">i2", "<u2", "<i4", ">i4", "<u4", ">u2", ">u4", "<i8", ">i8", "<u8", ">u8", "|b1"]:
        for order in "CF":
            values = random.integers(0, 100, (3, 4, 5)) - (50 if dtype[1] in "if" else 0)
            array = numpy.asarray(values.astype(dtype), order=order)
            name = f"numpy-{dtype[1:]}-{'little' if dtype[0] != '>' else 'big'}-{order}"
            numpy.save(folder / f"{name}.npy", array)
            numpy.save(folder / f"{name}.expected.npy", numpy.ascontiguousarray(array).astype("<f8"))
            files.append({"file": f"{name}.npy", "array": f"{name}.expected.npy"})
    return files


def read_npy(folder: Path, task: dict) -> dict:
    array = numpy.load(folder / task["file"])
    return {"dtype": str(array.dtype), "shape": list(array.shape), "sum": float(array.astype(numpy.float64).sum())}


def dicom(files: list) -> dict:
    series = sitk.ReadImage(files)
    array = sitk.GetArrayFromImage(series)
    return {"shape": list(array.shape), "values": array.astype(int).flatten().tolist(), **geometry(series)}


def main() -> None:
    folder = Path(sys.argv[1])
    tasks = json.loads((folder / "tasks.json").read_text())
    results = {
        "resampled": [resample(folder, index, task) for index, task in enumerate(tasks["resample"])],
        "oriented": [orient(folder, index, task) for index, task in enumerate(tasks["orient"])],
        "readNifti": [read_nifti(folder, task) for task in tasks["readNifti"]],
        "writtenNifti": write_nifti(folder) + write_nifti_pairs(folder),
        "writtenAnalyze": write_analyze(folder),
        "readNpy": [read_npy(folder, task) for task in tasks["readNpy"]],
        "writtenNpy": write_npy(folder),
        "readImages": [read_image(folder, task) for task in tasks["readImages"]],
        "writtenImages": write_images(folder),
        "readSafetensors": read_safetensors(folder, tasks["readSafetensors"]),
        "writtenSafetensors": write_safetensors(folder),
        "dicom": dicom(tasks["dicom"]),
        "versions": f"SimpleITK {sitk.Version_VersionString()}, nibabel {nibabel.__version__}, NumPy {numpy.__version__}, safetensors {safetensors.__version__}",
    }
    (folder / "results.json").write_text(json.dumps(results))


if __name__ == "__main__":
    main()
