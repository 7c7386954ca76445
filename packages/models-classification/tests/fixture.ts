import { full, type NDArray, ndarray, type Sample } from '@delira/core';
import { loadFixture } from '@delira/testkit';

interface ParameterFormula {
  readonly name: string;
  readonly shape: readonly number[];
  readonly salt: number;
  readonly offset: number;
  readonly scale: number;
}

type Probe = readonly [norm: number, dot: number];

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
  readonly parameters: readonly ParameterFormula[];
  readonly runs: readonly Run[];
}>(import.meta.url, 'resnet18');

/** A number in [-1, 1) that depends on an index and a salt alone; fixtures.arrays.unit_hash in Python. */
function unitHash(index: number, salt: number): number {
  let x = (index + Math.imul(salt, 0x9e3779b9)) >>> 0;
  x = (x ^ (x >>> 16)) >>> 0;
  x = Math.imul(x, 0x7feb352d) >>> 0;
  x = (x ^ (x >>> 15)) >>> 0;
  x = Math.imul(x, 0x846ca68b) >>> 0;
  x = (x ^ (x >>> 16)) >>> 0;
  return x / 2147483648 - 1;
}

/** The weights the recorded runs start with. */
export function initialWeights(): Map<string, NDArray> {
  return new Map(
    fixture.parameters.map(({ name, shape, salt, offset, scale }) => {
      const array = full(shape, 0);
      for (let index = 0; index < array.data.length; index++)
        array.data[index] = offset + scale * unitHash(index, salt);
      return [name, array] as const;
    }),
  );
}

/** Euclidean norm and product with a fixed random vector: what is recorded of large arrays. */
export function probe({ data }: NDArray): Probe {
  let [squares, dot] = [0, 0];
  for (let index = 0; index < data.length; index++) {
    squares += data[index]! ** 2;
    dot += data[index]! * unitHash(index, 1);
  }
  return [Math.sqrt(squares), dot];
}

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
