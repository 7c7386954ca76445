import { volume } from '@delira/imaging';
import { saveImage, saveNifti } from '@delira/io';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Twelve dark and twelve light images of 16 × 16 pixels in two sub-folders. */
export async function writeImages(folder: string): Promise<void> {
  for (const [label, name] of ['dark', 'light'].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let image = 0; image < 12; image++) {
      const data = Uint8Array.from({ length: 256 }, (_, i) => 40 + 90 * label + ((37 * i + 91 * image) % 60));
      await saveImage(join(folder, name, `${image}.png`), { dtype: 'uint8', shape: [16, 16], data });
    }
  }
}

/** Where the volumes lie: not at zero, not in unit steps, and not upright. */
export const GEOMETRY = {
  spacing: [1, 1.5, 2],
  origin: [10, 20, -30],
  direction: [0, 1, 0, 1, 0, 0, 0, 0, -1],
} as const;

/** Four cases of 10 × 11 × 12 voxels with a bright cube, and its label. */
export async function writeCases(folder: string): Promise<void> {
  const shape = [10, 11, 12] as const;
  for (let number = 0; number < 4; number++) {
    const inside = (z: number, y: number, x: number): boolean =>
      [z - 3, y - 3, x - 2 - number].every((offset) => offset >= 0 && offset < 5);
    const label = Uint8Array.from({ length: 1320 }, (_, i) =>
      inside(Math.floor(i / 132), Math.floor(i / 12) % 11, i % 12) ? 1 : 0,
    );
    const image = Float32Array.from(label, (value, i) => 3 * value + ((7919 * i) % 13) / 13);
    const path = join(folder, `case${number}`);
    mkdirSync(path, { recursive: true });
    await saveNifti(join(path, 'image.nii.gz'), volume({ dtype: 'float32', shape, data: image }, GEOMETRY));
    await saveNifti(join(path, 'label.nii.gz'), volume({ dtype: 'uint8', shape, data: label }, GEOMETRY));
  }
}

/** As files of a folder: `imagesTr/case0.nii.gz` with `suffix` before the ending, and `labelsTr/case0.nii.gz`. */
export function layOut(cases: string, folder: string, suffix: string): void {
  for (const part of ['imagesTr', 'labelsTr']) mkdirSync(join(folder, part), { recursive: true });
  for (let number = 0; number < 4; number++) {
    const source = join(cases, `case${number}`);
    renameSync(join(source, 'image.nii.gz'), join(folder, 'imagesTr', `case${number}${suffix}.nii.gz`));
    renameSync(join(source, 'label.nii.gz'), join(folder, 'labelsTr', `case${number}.nii.gz`));
  }
}

export const CLASSIFICATION = `
dataset: { type: ImageFolder, options: { folder: images, size: 16, channels: 1 } }
backend: { type: onnx, options: { threads: 1 } }
validation: 0.25
test: 0.25
preprocessing: [{ type: MeanStdNormalization, options: { mean: 0.4, std: 0.2 } }]
transforms: { train: [{ type: Mirror, options: { axes: [1] } }, { type: Brightness, options: { probability: 0.5 } }] }
model: { type: ResNet18, options: { features: 2 } }
loss: CrossEntropy
optimizer: { type: AdamW, options: { lr: 0.01, clipNorm: 1 } }
schedule: { type: CosineAnnealingLR, options: { warmup: 1 } }
metrics: [Accuracy]
training: { epochs: 3, batchSize: 4 }
`;

export const SEGMENTATION = `
dataset:
  type: CaseFolder
  options: { folder: cases, images: [image.nii.gz], label: label.nii.gz, classes: [background, cube] }
backend: { type: onnx, options: { threads: 1 } }
validation: 1
preprocessing: [ZScoreNormalization]
transforms: { train: [{ type: RandomForegroundCrop, options: { size: 8 } }] }
model: { type: UNet3d, options: { depth: 2, startFilters: 4 } }
loss: DiceCrossEntropy
optimizer: { type: Adam, options: { lr: 0.02 } }
metrics: [Dice]
prediction: { window: [8, 8, 8], mirrorAxes: [2] }
training: { epochs: 20, batchSize: 3 }
`;

export async function classificationFolder(folder: string): Promise<void> {
  await writeImages(join(folder, 'images'));
  writeFileSync(join(folder, 'tiny.yaml'), CLASSIFICATION);
}
