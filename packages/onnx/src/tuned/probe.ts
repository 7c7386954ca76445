import { bindAll, type NDArray, type Program, type Shape, sizeOf, trace } from '@delira/core';
import { portableFlavour } from '../portable/portableFlavour.js';
import type { Flavour } from '../lowering/Flavour.js';
import type { LoweredProgram } from '../lowering/LoweredProgram.js';
import type { BlockSize } from './Layout.js';
import { tunedFlavour } from './tunedFlavour.js';

/** Two forms of one small Program and the arrays to run both with. */
export interface Probe {
  readonly block: BlockSize;
  readonly program: Program;
  /** By name of the Program's feeds. */
  readonly batch: Readonly<Record<string, NDArray>>;
  readonly portable: LoweredProgram;
  readonly tuned: LoweredProgram;
}

/** Block sizes worth probing, the likelier first. */
export const blockSizes: readonly BlockSize[] = [16, 8];

/** Largest difference from the portable form, relative to the largest value, that rounding explains. */
const TOLERANCE = 1e-5;

/** Values without a pattern: a layout that permutes them cannot go unnoticed. */
function pattern(shape: Shape, salt: number): NDArray {
  const data = new Float32Array(sizeOf(shape));
  for (let index = 0; index < data.length; index++) data[index] = Math.sin((index + 1) * (salt + 0.7548776662));
  return { dtype: 'float32', shape, data };
}

/** A step that goes through every kind of blocked kernel: convolution and its gradients, batch norm, pooling, conversions. */
function probeProgram(): Program {
  const attrs = {
    strides: [1, 1],
    padding: [
      [1, 1],
      [1, 1],
    ],
    dilation: [1, 1],
    groups: 1,
  } as const;
  const pooling = { window: [3, 3], strides: [2, 2], padding: attrs.padding } as const;
  return trace(
    (recording) => {
      const x = recording.feed('x', { shape: [2, 32, 6, 6], dtype: 'float32' });
      const kernel = recording.feed('kernel', { shape: [32, 32, 3, 3], dtype: 'float32' });
      const scale = recording.feed('scale', { shape: [32], dtype: 'float32' });
      const [convolved] = bindAll('conv', [x, kernel], attrs);
      const [normalized] = bindAll('batchNorm', [convolved!, scale, scale], { epsilon: 1e-5 });
      const [pooled] = bindAll('maxPool', [normalized!], pooling);
      const [spread] = bindAll('maxPoolGrad', [normalized!, pooled!, pooled!], pooling);
      const [inputGrad] = bindAll('convTranspose', [spread!, kernel], { ...attrs, spatial: [6, 6] });
      const [kernelGrad] = bindAll('convKernelGrad', [x, spread!], { ...attrs, kernel: [3, 3] });
      return { pooled: pooled!, inputGrad: inputGrad!, kernelGrad: kernelGrad! };
    },
    { name: 'probe', training: true },
  );
}

/**
 * What to run before trusting the tuned flavour: a graph built for another block size than the CPU's gives wrong numbers without an error.
 */
export function makeProbe(block: BlockSize): Probe {
  const program = probeProgram();
  const batch = Object.fromEntries(
    Object.entries(program.feeds).map(([name, id], salt) => [name, pattern(program.avals[id]!.shape, salt)]),
  );
  const lower = (flavour: Flavour): LoweredProgram => flavour.lower(program);
  return { block, program, batch, portable: lower(portableFlavour), tuned: lower(tunedFlavour(block)) };
}

/** The output that differs most between the two forms, null when all agree: then the block size is right. */
export function interpretProbe(
  portable: Readonly<Record<string, ArrayLike<number>>>,
  tuned: Readonly<Record<string, ArrayLike<number>>>,
): { readonly output: string; readonly difference: number } | null {
  let worst: { readonly output: string; readonly difference: number } | null = null;
  for (const [output, expected] of Object.entries(portable)) {
    let largest = 0;
    let difference = 0;
    for (let index = 0; index < expected.length; index++) {
      largest = Math.max(largest, Math.abs(expected[index]!));
      // NaN must count as a difference.
      const distance = Math.abs(expected[index]! - (tuned[output]?.[index] ?? NaN));
      difference = Number.isNaN(distance) ? Infinity : Math.max(difference, distance);
    }
    const relative = difference / largest;
    if (!(relative <= TOLERANCE) && (worst === null || relative > worst.difference))
      worst = { output, difference: relative };
  }
  return worst;
}
