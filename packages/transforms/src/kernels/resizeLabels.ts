import { allocate, type NDArray, type Shape } from '@delira/core';
import { gather } from './gather.js';
import { type Alignment, nearestTable, resizeChannels } from './resizeChannels.js';

/** Halfway between two labels both weigh the same, but for rounding. */
const TIE = 1e-9;

/**
 * Resizes labels with edges smoother than those of single voxels: each label's 0/1 mask is resized linearly and the largest wins, the nearest
 * label where several are equal (batchgenerators' `resize_segmentation` of order 1).
 *
 * @param array `[C, ...spatial]`.
 */
export function resizeLabels(array: NDArray, size: Shape, align: Alignment): NDArray {
  const spatial = array.shape.slice(1);
  const nearest = gather(
    array,
    spatial.map((count, axis) => nearestTable(count, size[axis]!, align)),
    0,
  );
  const labels = [...new Set<number>(array.data)].sort((a, b) => a - b);
  const chosen = allocate(array.dtype, nearest.data.length);
  const best = new Float64Array(nearest.data.length).fill(-1);
  const indicator = new Float64Array(array.data.length);
  for (const label of labels) {
    for (let i = 0; i < indicator.length; i++) indicator[i] = array.data[i] === label ? 1 : 0;
    const scores = resizeChannels({ dtype: 'float64', shape: array.shape, data: indicator }, size, {
      interpolation: 'linear',
      align,
      dtype: 'float64',
    }).data;
    for (let i = 0; i < best.length; i++) {
      const score = scores[i]!;
      const lead = score - best[i]!;
      if (lead > TIE || (lead >= -TIE && nearest.data[i] === label)) {
        best[i] = score;
        chosen[i] = label;
      }
    }
  }
  return { dtype: array.dtype, shape: nearest.shape, data: chosen };
}
