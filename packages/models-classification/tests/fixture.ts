import { ndarray, type Sample } from '@delira/core';
import { type FormulaArray, formulaArrays, loadFixture, type Probe } from '@delira/testkit';

interface Run {
  readonly optimizer: { readonly type: 'sgd' | 'adam'; readonly lr: number; readonly momentum?: number };
  readonly losses: readonly number[];
  readonly logits?: readonly number[];
  readonly gradients?: Readonly<Record<string, Probe>>;
  readonly state: Readonly<Record<string, Probe>>;
  readonly evaluatedLogits: readonly number[];
}

/** What PyTorch computed with torchvision's ResNet18, in float64. */
export const fixture = loadFixture<{
  readonly batches: {
    readonly shape: readonly [steps: number, rows: number, channels: number, height: number, width: number];
    readonly pixelsDividedBy255Base64: string;
    /** Of all steps, one after the other. */
    readonly labels: readonly number[];
  };
  readonly parameters: readonly FormulaArray[];
  readonly runs: readonly Run[];
}>(import.meta.url, 'resnet18');

/** The weights the recorded runs start with. */
export const initialWeights = () => formulaArrays(fixture.parameters);

/** The recorded batch of real digits: data float64, so that the reference sees the quotients unrounded. */
export function batchOf(step: number): Sample {
  const { shape, pixelsDividedBy255Base64, labels } = fixture.batches;
  const pixels = Buffer.from(pixelsDividedBy255Base64, 'base64');
  const [steps, rows] = shape;
  const size = pixels.length / steps;
  const data = Float64Array.from(pixels.subarray(step * size, (step + 1) * size), (value) => value / 255);
  return {
    data: ndarray(data, shape.slice(1), 'float64'),
    label: ndarray(labels.slice(step * rows, (step + 1) * rows), [rows], 'int32'),
  };
}
