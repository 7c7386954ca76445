import type { AxisTable } from './gather.js';

/** What lies beyond the edge: one value, the outermost voxel again, or the voxels mirrored at the outermost one. */
export type PaddingMode = 'constant' | 'edge' | 'reflect';

/** `length` voxels from `offset` on, which may be negative. */
export function windowTable(count: number, offset: number, length: number, mode: PaddingMode = 'constant'): AxisTable {
  return Int32Array.from({ length }, (_, i) => beyondEdge(offset + i, count, mode));
}

export function mirrorTable(count: number): AxisTable {
  return Int32Array.from({ length: count }, (_, i) => count - 1 - i);
}

export function identityTable(count: number): AxisTable {
  return Int32Array.from({ length: count }, (_, i) => i);
}

function beyondEdge(index: number, count: number, mode: PaddingMode): number {
  if (index >= 0 && index < count) return index;
  switch (mode) {
    case 'constant':
      return -1;
    case 'edge':
      return index < 0 ? 0 : count - 1;
    case 'reflect': {
      if (count === 1) return 0;
      const period = 2 * (count - 1);
      const rest = ((index % period) + period) % period;
      return rest < count ? rest : period - rest;
    }
    default:
      return mode satisfies never;
  }
}
