import {
  type Augmentation,
  Brightness,
  Compose,
  Contrast,
  Gamma,
  GaussianBlur,
  GaussianNoise,
  MeanStdNormalization,
  Mirror,
  RandomApply,
  RandomCrop,
  Resize,
  SimulateLowResolution,
  SpatialTransform,
} from '@delira/transforms';

type Size = readonly number[];

const ANGLE = Math.PI / 6;

const spatial = (rotation: number, scale: number, elastic = 0): Augmentation =>
  new SpatialTransform({
    rotation: [-ANGLE, ANGLE],
    rotationProbability: rotation,
    scale: [0.7, 1.4],
    scaleProbability: scale,
    interpolation: 'cubic',
    ...(elastic > 0 ? { elastic: { maximumDisplacement: 8, probability: elastic } } : {}),
  });

const gamma = (invert: boolean): Augmentation => new Gamma({ range: [0.7, 1.5], invert, retainStatistics: true });

const sometimes = (probability: number, transform: Augmentation): Augmentation =>
  new RandomApply(transform, { probability });

/** nnU-Net's 3D augmentation; one channel, so that its probabilities per channel are part of those per sample. */
const nnunet = (elastic = 0): readonly Augmentation[] => [
  spatial(0.2, 0.2, elastic),
  sometimes(0.1, new GaussianNoise({ std: [0, 0.1] })),
  sometimes(0.1, new GaussianBlur({ sigma: [0.5, 1] })),
  sometimes(0.15, new Brightness({ multiplicative: [0.75, 1.25] })),
  sometimes(0.15, new Contrast()),
  sometimes(0.125, new SimulateLowResolution({ zoom: [0.5, 1] })),
  sometimes(0.1, gamma(true)),
  sometimes(0.3, gamma(false)),
  new Mirror(),
];

const cropped = (size: Size): Size => size.map((extent) => Math.floor((extent * 200) / 224));

/** The 2D chain of delira's classification notebook. */
const classification = (size: Size): readonly Augmentation[] => [
  new RandomCrop({ size: cropped(size) }),
  new Resize({ size, maskInterpolation: 'nearest' }),
  new Contrast(),
  new MeanStdNormalization({ mean: 0.5, std: 0.5 }),
];

/** What is timed, and each transform alone; `peers/batchgeneratorsChains.py` has the same. */
export const chains = {
  nnunet: () => nnunet(),
  'nnunet-elastic': () => nnunet(0.2),
  classification,
  spatial: () => [spatial(1, 1)],
  noise: () => [new GaussianNoise({ std: [0, 0.1] })],
  blur: () => [new GaussianBlur({ sigma: [0.5, 1] })],
  brightness: () => [new Brightness({ multiplicative: [0.75, 1.25] })],
  contrast: () => [new Contrast()],
  'low-resolution': () => [new SimulateLowResolution({ zoom: [0.5, 1] })],
  gamma: () => [gamma(false)],
  mirror: () => [new Mirror()],
  crop: (size) => [new RandomCrop({ size: cropped(size) })],
  resize: (size) => [
    new Resize({ size: size.map((extent) => Math.floor((extent * 224) / 200)), maskInterpolation: 'nearest' }),
  ],
  normalise: () => [new MeanStdNormalization({ mean: 0.5, std: 0.5 })],
  none: () => [],
} satisfies Record<string, (size: Size) => readonly Augmentation[]>;

export type ChainName = keyof typeof chains;

export const createChain = (name: ChainName, size: Size): Augmentation<unknown> => new Compose(chains[name](size));
