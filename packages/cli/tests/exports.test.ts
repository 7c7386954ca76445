import * as classification from '@delira/models-classification';
import * as gan from '@delira/models-gan';
import * as segmentation from '@delira/models-segmentation';
import * as metrics from '@delira/metrics';
import * as nn from '@delira/nn';
import * as optim from '@delira/optim';
import * as training from '@delira/training';
import * as transforms from '@delira/transforms';
import { describe, expect, it } from 'vitest';
import { createRegistries, type Registries } from '../src/index.js';

/** Which name of a registry an export has in configs; or, after a dash, why it has none. */
type Named = Readonly<Record<string, `${keyof Registries}.${string}` | `- ${string}`>>;

const models: Named = {
  ResNet18: 'networks.ResNet18',
  VGG3D: 'networks.VGG3D',
  UNet2d: 'networks.UNet2d',
  UNet3d: 'networks.UNet3d',
  DCGAN: 'networks.DCGAN',
  UNet: '- UNet2d and UNet3d are it, of either rank',
  ClassificationNetwork: '- what networks of ones own extend',
  SegmentationNetwork: '- what networks of ones own extend',
  BasicBlock: '- a part of ResNet18',
  DownConv: '- a part of UNet',
  UpConv: '- a part of UNet',
  deepSupervisionWeights: '- a part of UNet',
  Generator: '- a part of DCGAN',
  Discriminator: '- a part of DCGAN',
};

const losses: Named = {
  crossEntropyLoss: 'losses.CrossEntropy',
  multiclassFocalLoss: 'losses.Focal',
  softDiceLoss: 'losses.Dice',
  diceCrossEntropyLoss: 'losses.DiceCrossEntropy',
  tverskyLoss: 'losses.Tversky',
  bceWithLogitsLoss: 'losses.BCEWithLogits',
  binaryCrossEntropyLoss: 'losses.BCE',
  binaryFocalLoss: 'losses.BinaryFocal',
  mseLoss: 'losses.MSE',
  l1Loss: 'losses.L1',
  huberLoss: 'losses.Huber',
  smoothL1Loss: 'losses.SmoothL1',
  namedLoss: '- makes losses of functions',
  scaleLoss: '- the option weight of every loss',
};

const optimizersAndSchedules: Named = {
  adam: 'optimizers.Adam',
  adamW: 'optimizers.AdamW',
  sgd: 'optimizers.SGD',
  rmsProp: 'optimizers.RMSprop',
  accumulate: '- the option accumulate of every optimizer',
  clipByGlobalNorm: '- the option clipNorm of every optimizer',
  clipByValue: '- the option clipValue of every optimizer',
  ema: '- the option ema of every optimizer',
  chain: '- what those options do',
  emaReads: '- what the trainer evaluates averages by',
  renameReads: '- what the trainer evaluates averages by',
  stepsPerUpdate: '- what the trainer asks an optimizer',
  adamStateFromPyTorch: '- takes over the state of another program',
  adamStateToPyTorch: '- takes over the state of another program',
  constantSchedule: 'schedules.Constant',
  StepLR: 'schedules.StepLR',
  MultiStepLR: 'schedules.MultiStepLR',
  ExponentialLR: 'schedules.ExponentialLR',
  CosineAnnealingLR: 'schedules.CosineAnnealingLR',
  PolyLR: 'schedules.PolyLR',
  OneCycleLR: 'schedules.OneCycleLR',
  LambdaLR: '- made of a function, which no config can hold: a module registers a schedule of its own',
  stepSchedule: '- StepLR is it',
  multiStepSchedule: '- MultiStepLR is it',
  exponentialSchedule: '- ExponentialLR is it',
  cosineSchedule: '- CosineAnnealingLR is it',
  polynomialSchedule: '- PolyLR is it',
  oneCycleSchedule: '- OneCycleLR is it',
  warmupSchedule: '- the option warmup of every schedule',
  perEpoch: '- the option per of every schedule',
};

const scores: Named = {
  accuracy: 'metrics.Accuracy',
  balancedAccuracy: 'metrics.BalancedAccuracy',
  precision: 'metrics.Precision',
  recall: 'metrics.Recall',
  f1: 'metrics.F1',
  fBeta: 'metrics.FBeta',
  matthewsCorrelation: 'metrics.MatthewsCorrelation',
  auroc: 'metrics.Auroc',
  averagePrecision: 'metrics.AveragePrecision',
  dice: 'metrics.Dice',
  iou: 'metrics.IoU',
  surfaceDice: 'metrics.SurfaceDice',
  hausdorffDistance: 'metrics.HausdorffDistance',
  averageSurfaceDistance: 'metrics.AverageSurfaceDistance',
  meanSquaredError: 'metrics.MeanSquaredError',
  meanAbsoluteError: 'metrics.MeanAbsoluteError',
  psnr: 'metrics.PSNR',
  ssim: 'metrics.SSIM',
  confusionMatrix: '- gives a matrix, not a number: no epoch has a column for it',
  formatConfusionMatrix: '- prints a matrix',
  overlapScores: '- gives a list with a score of each class, not a number',
  surfaceScores: '- gives a list with a score of each class, not a number',
};

const augmentations: Named = {
  Brightness: 'transforms.Brightness',
  CenterCrop: 'transforms.CenterCrop',
  Compose: 'transforms.Compose',
  Contrast: 'transforms.Contrast',
  Gamma: 'transforms.Gamma',
  GaussianBlur: 'transforms.GaussianBlur',
  GaussianNoise: 'transforms.GaussianNoise',
  MeanStdNormalization: 'transforms.MeanStdNormalization',
  MinMaxNormalization: 'transforms.MinMaxNormalization',
  Mirror: 'transforms.Mirror',
  OneHot: 'transforms.OneHot',
  OneOf: 'transforms.OneOf',
  Pad: 'transforms.Pad',
  PercentileClip: 'transforms.PercentileClip',
  RandomApply: 'transforms.RandomApply',
  RandomCrop: 'transforms.RandomCrop',
  RandomForegroundCrop: 'transforms.RandomForegroundCrop',
  Resize: 'transforms.Resize',
  SimulateLowResolution: 'transforms.SimulateLowResolution',
  SpatialTransform: 'transforms.SpatialTransform',
  ZScoreNormalization: 'transforms.ZScoreNormalization',
  Augmentation: '- what transforms of ones own extend',
  toTransform: '- what loaders are given',
  TransformError: '- an error',
};

const callbacks: Named = {
  EarlyStopping: 'callbacks.EarlyStopping',
  ReduceLROnPlateau: 'callbacks.ReduceLROnPlateau',
  TimeLimit: 'callbacks.TimeLimit',
  CheckpointMismatchError: '- an error',
  MemoryLimitError: '- an error',
  MetricError: '- an error',
  NonFiniteLossError: '- an error',
  RunFolderError: '- an error',
  Experiment: '- what the commands work with',
  holdsTraining: '- what the commands ask a folder',
  readManifest: '- what the commands work with',
  Trainer: '- what the commands work with',
  StepsPerCall: '- what the trainer works with',
  kfoldIndices: '- what delira kfold works with',
  stratifiedKfoldIndices: '- what delira kfold works with',
  loadTrainerCheckpoint: '- reads a checkpoint',
  saveTrainerCheckpoint: '- writes a checkpoint',
};

const registries = createRegistries();
/** Losses alone of nn, whose other exports are layers and what they are made of. */
const lossesOfNn = Object.fromEntries(Object.entries(nn).filter(([name]) => name.endsWith('Loss')));

describe('what packages export can be named in configs', () => {
  it.each([
    ['models', { ...classification, ...segmentation, ...gan }, models],
    ['nn', lossesOfNn, losses],
    ['optim', optim, optimizersAndSchedules],
    ['metrics', metrics, scores],
    ['transforms', transforms, augmentations],
    ['training', training, callbacks],
  ] as const)('of %s', (_, exported, named) => {
    // Another export is named here, and registered, or said why not.
    expect(Object.keys(exported).sort()).toEqual(Object.keys(named).sort());
    for (const place of Object.values(named).filter((each) => !each.startsWith('- '))) {
      const [kind, name] = place.split('.') as [keyof Registries, string];
      expect(registries[kind].names()).toContain(name);
    }
  });

  it('and nothing else is registered', () => {
    const places = Object.values({
      ...models,
      ...losses,
      ...optimizersAndSchedules,
      ...scores,
      ...augmentations,
      ...callbacks,
    });
    for (const kind of Object.keys(registries) as (keyof Registries)[])
      if (kind !== 'datasets') for (const name of registries[kind].names()) expect(places).toContain(`${kind}.${name}`);
  });
});
