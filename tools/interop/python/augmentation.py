"""What batchgenerators and scikit-learn make of the tasks that the check `augmentation` writes.

    python augmentation.py FOLDER

Reads FOLDER/tasks.json, writes arrays beside it and FOLDER/results.json: images changed with given parameters, parameters drawn many times, and the
sizes of stratified splits.
"""

import json
import sys
from pathlib import Path
from unittest import mock

import numpy
from batchgenerators.augmentations import spatial_transformations
from batchgenerators.augmentations.color_augmentations import augment_contrast, augment_gamma
from batchgenerators.augmentations.noise_augmentations import augment_gaussian_blur
from batchgenerators.augmentations.resample_augmentations import augment_linear_downsampling_scipy
from batchgenerators.augmentations.spatial_transformations import augment_mirroring, augment_spatial
from batchgenerators.augmentations.utils import resize_multichannel_image, resize_segmentation
from batchgenerators.transforms.color_transforms import BrightnessMultiplicativeTransform, ContrastAugmentationTransform, GammaTransform
from batchgenerators.transforms.crop_and_pad_transforms import RandomCropTransform
from batchgenerators.transforms.noise_transforms import GaussianBlurTransform, GaussianNoiseTransform
from batchgenerators.transforms.resample_transforms import SimulateLowResolutionTransform
from batchgenerators.transforms.spatial_transforms import MirrorTransform, SpatialTransform
from sklearn.model_selection import train_test_split

from fixtures.transforms import drawing_the_lowest


def spatial(data, seg, size, parameters, order, border) -> tuple:
    angles = [*parameters["rotation"], 0, 0]
    scale = 1 / parameters["scale"][0]
    return augment_spatial(
        data[None], None if seg is None else seg[None, None], size, do_elastic_deform=False, angle_x=(angles[0],) * 2, angle_y=(angles[1],) * 2, angle_z=(angles[2],) * 2,
        scale=(scale, scale), border_mode_data=border, border_mode_seg="nearest", order_data=order, order_seg=0, random_crop=False,
    )


def change(task: dict, data: numpy.ndarray, seg: numpy.ndarray) -> tuple:
    """The image and the mask after one transform with the parameters that the other side drew."""
    name, options, parameters = task["transform"], task["options"], task["parameters"]
    drawn = parameters["data"][0] if "data" in parameters else None
    if name == "Contrast":
        return augment_contrast(data, lambda: drawn, options.get("preserveRange", True)), seg
    if name == "Gamma":
        return augment_gamma(data, (drawn, drawn), options.get("invert", False), per_channel=True, retain_stats=options.get("retainStatistics", False)), seg
    if name == "GaussianBlur":
        return augment_gaussian_blur(data, (drawn[0], drawn[0])), seg
    if name == "SimulateLowResolution":
        return augment_linear_downsampling_scipy(data, (drawn, drawn), order_downsample=0, order_upsample=3), seg
    if name == "Mirror":
        # Whatever is flipped is flipped for certain here.
        changed, mask = augment_mirroring(data, seg[None], tuple(parameters["axes"]))
        return changed, mask[0]
    if name == "Resize":
        return resize_multichannel_image(data, parameters["size"], 3), resize_segmentation(seg, parameters["size"], 0)
    cubic = options["interpolation"] == "cubic"
    size = options.get("size", list(data.shape[1:]))
    changed, mask = spatial(data, None if cubic else seg, size, parameters, 3 if cubic else 1, "mirror" if cubic else "nearest")
    return changed[0], seg if cubic else mask[0, 0]


def recording(target, name: str, into: list, of):
    """Replaces a function of a module by one that notes its arguments and calls it."""
    original = getattr(target, name)

    def call(*arguments, **named):
        into.append(of(*arguments, **named))
        return original(*arguments, **named)

    return mock.patch.object(target, name, call)


def draws(count: int) -> dict:
    """Parameters as the transforms draw them: read from what they do to a few voxels, or from what they call."""
    found = {}
    tiny = numpy.array([0, 1, 2, 4], numpy.float64).reshape(1, 1, 2, 2)

    def values(transform, read) -> list:
        return [float(read(transform(data=tiny.copy())["data"][0, 0].ravel())) for _ in range(count)]

    found["contrast"] = values(ContrastAugmentationTransform((0.75, 1.25), preserve_range=False), lambda changed: (changed[3] - changed[0]) / 4)
    found["brightness"] = values(BrightnessMultiplicativeTransform((0.75, 1.25)), lambda changed: changed[3] / 4)
    found["gamma"] = values(GammaTransform((0.7, 1.5), per_channel=True), lambda changed: numpy.log(changed[1] / 4) / numpy.log(1 / 4))
    found["zoom"], found["sigma"], found["std"] = [], [], []
    blocks = numpy.zeros((1, 1, 100, 2))
    import batchgenerators.augmentations.noise_augmentations as noises
    import batchgenerators.augmentations.resample_augmentations as resampling

    with mock.patch.object(resampling, "resize", lambda data, shape, **_: (found["zoom"].append(shape[0] / 100), numpy.zeros(tuple(int(n) for n in shape)))[1]):
        for _ in range(count):
            SimulateLowResolutionTransform((0.5, 1), per_channel=True)(data=blocks.copy())
    # Of two calls the first makes smaller.
    found["zoom"] = found["zoom"][::2]
    with mock.patch.object(noises, "gaussian_filter", lambda data, sigma, **_: (found["sigma"].append(float(numpy.ravel(sigma)[0])), data)[1]):
        for _ in range(count):
            GaussianBlurTransform((0.5, 1))(data=tiny.copy())
    with mock.patch("numpy.random.normal", lambda mean, std, size=None: (found["std"].append(float(std)), numpy.zeros(size))[1]):
        for _ in range(count):
            GaussianNoiseTransform((0, 0.1))(data=tiny.copy())
    found["angle"], found["scale"] = [], []
    transform = SpatialTransform(
        (2, 2), None, do_elastic_deform=False, angle_x=(-0.5, 0.5), scale=(0.7, 1.4), order_data=0, random_crop=False, p_rot_per_sample=0.2, p_scale_per_sample=0.4
    )
    module = spatial_transformations
    for _ in range(count):
        angles, scales = [], []
        with recording(module, "rotate_coords_2d", angles, lambda _, angle: float(angle)), recording(module, "scale_coords", scales, lambda _, scale: float(scale)):
            transform(data=tiny.copy())
        found["angle"].append((angles or [0])[0])
        found["scale"].append(1 / (scales or [1])[0])
    found["flips"] = [float(MirrorTransform((0, 1))(data=tiny.copy())["data"][0, 0].argmin()) for _ in range(count)]
    wide = numpy.arange(20, dtype=float).reshape(1, 1, 2, 10)
    found["offset"] = [float(RandomCropTransform((2, 4))(data=wide.copy())["data"][0, 0, 0, 0]) for _ in range(count)]
    return found


def split(task: dict) -> dict:
    labels = numpy.array(task["labels"])
    train, test = train_test_split(labels, test_size=task["testSize"], stratify=labels, random_state=0)
    return {"train": numpy.bincount(train, minlength=task["classes"]).tolist(), "test": numpy.bincount(test, minlength=task["classes"]).tolist()}


def main() -> None:
    folder = Path(sys.argv[1])
    tasks = json.loads((folder / "tasks.json").read_text())
    for index, task in enumerate(tasks["changes"]):
        data, seg = (numpy.load(folder / f"{name}-{index}.npy") for name in ("data", "seg"))
        with drawing_the_lowest():
            changed, mask = change(task, data.astype(numpy.float64), seg.copy())
        numpy.save(folder / f"data-changed-{index}.npy", numpy.ascontiguousarray(changed, numpy.float32))
        numpy.save(folder / f"seg-changed-{index}.npy", numpy.ascontiguousarray(mask, numpy.int32))
    numpy.random.seed(1)
    results = {"draws": draws(tasks["draws"]), "splits": [split(task) for task in tasks["splits"]]}
    (folder / "results.json").write_text(json.dumps(results))


if __name__ == "__main__":
    main()
