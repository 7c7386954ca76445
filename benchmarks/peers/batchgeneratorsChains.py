"""The augmentation chains of `npm run bench -- data` in batchgenerators: the same transforms, parameters and probabilities as src/data/chains.ts."""

import numpy
from batchgenerators.dataloading.multi_threaded_augmenter import MultiThreadedAugmenter
from batchgenerators.transforms.abstract_transforms import Compose
from batchgenerators.transforms.color_transforms import BrightnessMultiplicativeTransform, ContrastAugmentationTransform, GammaTransform
from batchgenerators.transforms.crop_and_pad_transforms import RandomCropTransform
from batchgenerators.transforms.noise_transforms import GaussianBlurTransform, GaussianNoiseTransform
from batchgenerators.transforms.resample_transforms import SimulateLowResolutionTransform
from batchgenerators.transforms.sample_normalization_transforms import MeanStdNormalizationTransform
from batchgenerators.transforms.spatial_transforms import MirrorTransform, ResizeTransform, SpatialTransform

ANGLE = (-numpy.pi / 6, numpy.pi / 6)


def spatial(size: tuple, rotation: float, scale: float, elastic: float = 0) -> SpatialTransform:
    return SpatialTransform(
        size, None, do_elastic_deform=elastic > 0, alpha=(0, 900), sigma=(9, 13), angle_x=ANGLE, angle_y=ANGLE, angle_z=ANGLE, scale=(0.7, 1.4),
        border_mode_data="constant", border_cval_data=0, order_data=3, border_mode_seg="constant", border_cval_seg=0, order_seg=0,
        random_crop=False, p_el_per_sample=elastic, p_rot_per_sample=rotation, p_scale_per_sample=scale,
    )


def low_resolution(probability: float) -> SimulateLowResolutionTransform:
    return SimulateLowResolutionTransform((0.5, 1), per_channel=True, p_per_channel=1, order_downsample=0, order_upsample=3, p_per_sample=probability)


def gamma(invert: bool, probability: float) -> GammaTransform:
    return GammaTransform((0.7, 1.5), invert, per_channel=True, retain_stats=True, p_per_sample=probability)


def nnunet(size: tuple, elastic: float = 0) -> list:
    """nnU-Net's 3D augmentation; one channel, so that its probabilities per channel are part of those per sample."""
    return [
        spatial(size, 0.2, 0.2, elastic),
        GaussianNoiseTransform((0, 0.1), p_per_sample=0.1),
        GaussianBlurTransform((0.5, 1), p_per_sample=0.1),
        BrightnessMultiplicativeTransform((0.75, 1.25), p_per_sample=0.15),
        ContrastAugmentationTransform(p_per_sample=0.15),
        low_resolution(0.125),
        gamma(True, 0.1),
        gamma(False, 0.3),
        MirrorTransform((0, 1, 2)),
    ]


def classification(size: tuple) -> list:
    """The 2D chain of delira's classification notebook."""
    cropped = tuple(extent * 200 // 224 for extent in size)
    return [RandomCropTransform(cropped), ResizeTransform(size), ContrastAugmentationTransform(), MeanStdNormalizationTransform([0.5], [0.5])]


CHAINS = {
    "nnunet": nnunet,
    "nnunet-elastic": lambda size: nnunet(size, 0.2),
    "classification": classification,
    "spatial": lambda size: [spatial(size, 1, 1)],
    "noise": lambda size: [GaussianNoiseTransform((0, 0.1))],
    "blur": lambda size: [GaussianBlurTransform((0.5, 1))],
    "brightness": lambda size: [BrightnessMultiplicativeTransform((0.75, 1.25))],
    "contrast": lambda size: [ContrastAugmentationTransform()],
    "low-resolution": lambda size: [low_resolution(1)],
    "gamma": lambda size: [gamma(False, 1)],
    "mirror": lambda size: [MirrorTransform(tuple(range(len(size))))],
    "crop": lambda size: [RandomCropTransform(tuple(extent * 200 // 224 for extent in size))],
    "resize": lambda size: [ResizeTransform(tuple(extent * 224 // 200 for extent in size))],
    "normalise": lambda size: [MeanStdNormalizationTransform([0.5], [0.5])],
    "none": lambda size: [],
}


def create_chain(name: str, size: tuple):
    return Compose(CHAINS[name](size))


def create_sample(size: tuple, index: int) -> dict:
    """A ball and waves in it, as src/data/samples.ts."""
    axes = numpy.meshgrid(*(numpy.linspace(-1, 1, extent, dtype=numpy.float32) for extent in size), indexing="ij")
    radius = sum(axis * axis for axis in axes)
    waves = sum(numpy.sin((3 + index + rank) * axis) for rank, axis in enumerate(axes))
    mask = (radius < 0.6).astype(numpy.uint8) + (radius < 0.2)
    return {"data": (mask + 0.3 * waves)[None].astype(numpy.float32), "seg": mask[None].astype(numpy.float32)}


class Batches:
    """Every worker's share of an epoch, from samples in memory; what a `DataLoader` of batchgenerators does, without its random choice."""

    def __init__(self, samples: list, batch: int, batches: int, workers: int):
        self.samples, self.batch, self.batches, self.workers = samples, batch, batches, max(1, workers)
        self.done, self.worker = 0, 0

    def set_thread_id(self, worker: int) -> None:
        self.done, self.worker = 0, worker

    def __iter__(self):
        return self

    def __next__(self) -> dict:
        number = self.done * self.workers + self.worker
        if number >= self.batches:
            raise StopIteration
        self.done += 1
        chosen = [self.samples[(number * self.batch + row) % len(self.samples)] for row in range(self.batch)]
        return {key: numpy.stack([sample[key] for sample in chosen]) for key in chosen[0]}


def epochs(samples: list, transform, batch: int, batches: int, workers: int):
    """A function that runs one epoch and gives its batches."""
    source = Batches(samples, batch, batches, workers)
    if workers == 0:

        def run():
            source.set_thread_id(0)
            for made in source:
                yield transform(**made)

        return run
    augmenter = MultiThreadedAugmenter(source, transform, workers, 2, wait_time=0.002)

    def run_workers():
        augmenter.restart()
        yield from augmenter

    return run_workers
