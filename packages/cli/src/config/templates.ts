const rest = `training:
  epochs: 20
  batchSize: 8
  # monitor: val_loss        # what the best checkpoint is best in; default: the first metric on the validation set

kfold:                       # for delira kfold
  folds: 5
`;

/** Configs to begin with, by what they are for. */
export const templates = {
  classification: `# delira train this-file.yaml
seed: 0
backend: auto                # or onnx, tfjs, reference; or { type: onnx, options: { threads: 4 } }

dataset:
  type: ImageFolder          # or MNIST
  options:
    folder: images           # images/cats/1.png, images/dogs/1.png, …: beside this file
    size: [64, 64]           # all are resized to that
    channels: 3              # 1 for grey
validation: 0.2              # share that selects the best checkpoint; or the description of another dataset
test: 0.2                    # share for delira test

preprocessing:               # of every sample, also of what is predicted
  - { type: MeanStdNormalization, options: { mean: 0.5, std: 0.25 } }
transforms:
  train:                     # augmentation
    - { type: Mirror, options: { axes: [1] } }
    - { type: Brightness, options: { probability: 0.3 } }

model:
  type: ResNet18             # or VGG3D; channels and classes are the dataset's
  options: { features: 64 }
loss: CrossEntropy
optimizer:
  type: AdamW                # or Adam, SGD, RMSprop
  options: { lr: 1e-3, weightDecay: 0.01, clipNorm: 1 }
schedule:
  type: CosineAnnealingLR    # or StepLR, MultiStepLR, ExponentialLR, PolyLR, OneCycleLR; counts epochs
  options: { warmup: 1 }
metrics: [Accuracy, BalancedAccuracy]
callbacks:
  - { type: EarlyStopping, options: { monitor: val_loss, patience: 10 } }

${rest}`,
  segmentation: `# delira train this-file.yaml
seed: 0
backend: auto                # or onnx, tfjs, reference; or { type: onnx, options: { threads: 4 } }

dataset:
  type: CaseFolder           # or Nnunet, Decathlon: { folder }
  options:
    folder: cases            # one sub-folder for each case: beside this file
    images: [image.nii.gz]   # one file for each channel; or image.png, for UNet2d
    label: label.nii.gz
    classes: [background, lesion]
    # spacing: [1, 1, 3]     # mm along x, y, z: all cases are resampled to that, predictions back; default: as they are
validation: 0.2              # share that selects the best checkpoint; or the description of another dataset
test: 0.2                    # share for delira test

preprocessing:               # of every sample, also of what is predicted
  - ZScoreNormalization
transforms:
  train:                     # patches, augmented
    - { type: RandomForegroundCrop, options: { size: [32, 64, 64] } }
    - { type: Mirror, options: { axes: [2] } }
    - { type: GaussianNoise, options: { probability: 0.2 } }

model:
  type: UNet3d               # or UNet2d; channels and classes are the dataset's
  options: { depth: 4, startFilters: 16, norm: instance }
loss: DiceCrossEntropy
optimizer:
  type: SGD                  # or Adam, AdamW, RMSprop
  options: { lr: 0.01, momentum: 0.99, nesterov: true, weightDecay: 3e-5, clipNorm: 12 }
schedule: PolyLR             # or StepLR, MultiStepLR, ExponentialLR, CosineAnnealingLR, OneCycleLR; counts epochs
metrics: [Dice]

prediction:                  # windows that overlap, mirrored as well; for delira test, too
  window: [32, 64, 64]
  overlap: 0.5
  mirrorAxes: [2]
  validation: true           # after every epoch, too, not mirrored; without it transforms.val can cut a patch of each case

${rest.replace('batchSize: 8', 'batchSize: 2')}`,
} as const;
