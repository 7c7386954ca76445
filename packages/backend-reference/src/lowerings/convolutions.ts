import { sizeOf } from '@delira/core';
import { type ConvGeometry, convGeometry } from './convGeometry.js';
import type { Lower } from './Lower.js';
import { multiplyRows } from './multiplyRows.js';
import { gatherPatches, scatterPatches } from './patches.js';
import { transposeMatrix } from './transposeMatrix.js';

/** Elements of the patches held at once: 32 MB. */
const LIMIT = 1 << 22;

/** Calls `body` for ranges of samples whose patches fit the limit, group by group. */
function forEachPart(geometry: ConvGeometry, body: (group: number, first: number, end: number) => void): void {
  const { batch, groups, positions, patch } = geometry;
  const samples = Math.max(1, Math.floor(LIMIT / Math.max(1, positions * patch)));
  for (let group = 0; group < groups; group++)
    for (let first = 0; first < batch; first += samples) body(group, first, Math.min(batch, first + samples));
}

/** Channels of one group for some samples of y [N, O, positions] as rows [outputs, samples · positions]. */
function gatherOutputs(
  y: Float64Array,
  geometry: ConvGeometry,
  group: number,
  first: number,
  end: number,
): Float64Array {
  const { groups, outputs, positions } = geometry;
  const columns = (end - first) * positions;
  const rows = new Float64Array(outputs * columns);
  for (let output = 0; output < outputs; output++) {
    for (let sample = first; sample < end; sample++) {
      const start = ((sample * groups + group) * outputs + output) * positions;
      rows.set(y.subarray(start, start + positions), output * columns + (sample - first) * positions);
    }
  }
  return rows;
}

export const conv: Lower<'conv'> = ([x, kernel], attrs, [out]) => {
  const geometry = convGeometry(x!.shape, kernel!.shape, out!.shape, attrs);
  const { groups, outputs, positions, patch } = geometry;
  const weights = kernel!.data as Float64Array;
  const data = new Float64Array(sizeOf(out!.shape));
  forEachPart(geometry, (group, first, end) => {
    const patches = gatherPatches(x!.data as Float64Array, geometry, group, first, end);
    const columns = (end - first) * positions;
    const products = new Float64Array(outputs * columns);
    const b = group * outputs * patch;
    multiplyRows(weights, patches, products, { rows: outputs, columns, depth: patch }, { a: b });
    for (let output = 0; output < outputs; output++) {
      for (let sample = first; sample < end; sample++) {
        const start = output * columns + (sample - first) * positions;
        const target = ((sample * groups + group) * outputs + output) * positions;
        data.set(products.subarray(start, start + positions), target);
      }
    }
  });
  return [{ shape: out!.shape, data }];
};

export const convTranspose: Lower<'convTranspose'> = ([y, kernel], attrs, [out]) => {
  const geometry = convGeometry(out!.shape, kernel!.shape, y!.shape, attrs);
  const { outputs, positions, patch } = geometry;
  const data = new Float64Array(sizeOf(out!.shape));
  forEachPart(geometry, (group, first, end) => {
    const rows = (end - first) * positions;
    const gradients = transposeMatrix(
      gatherOutputs(y!.data as Float64Array, geometry, group, first, end),
      outputs,
      rows,
    );
    const weights = transposeMatrix(kernel!.data as Float64Array, outputs, patch, group * outputs * patch);
    const patches = new Float64Array(rows * patch);
    multiplyRows(gradients, weights, patches, { rows, columns: patch, depth: outputs });
    scatterPatches(patches, data, geometry, group, first, end);
  });
  return [{ shape: out!.shape, data }];
};

export const convKernelGrad: Lower<'convKernelGrad'> = ([x, y], attrs, [out]) => {
  const geometry = convGeometry(x!.shape, out!.shape, y!.shape, attrs);
  const { outputs, positions, patch } = geometry;
  const data = new Float64Array(sizeOf(out!.shape));
  forEachPart(geometry, (group, first, end) => {
    const depth = (end - first) * positions;
    const patches = gatherPatches(x!.data as Float64Array, geometry, group, first, end);
    const gradients = gatherOutputs(y!.data as Float64Array, geometry, group, first, end);
    multiplyRows(
      gradients,
      transposeMatrix(patches, depth, patch),
      data,
      { rows: outputs, columns: patch, depth },
      { y: group * outputs * patch },
    );
  });
  return [{ shape: out!.shape, data }];
};
