import type { ControlGrid } from './ControlGrid.js';
import { fieldRows } from './ControlGrid.js';

/** Depth, height, width; depth 1 in 2D. */
export type Extents = readonly [depth: number, height: number, width: number];

/** Where the voxels of a new image lie in an old one. */
export interface WarpOptions {
  readonly source: Extents;
  readonly target: Extents;
  /** Row-major 3 × 3: steps in the old image (rows: depth, height, width) for steps in the new one (columns). */
  readonly matrix: readonly number[];
  /** Where the new image's centre lies in the old one. */
  readonly centre: readonly [number, number, number];
  readonly controlGrid: ControlGrid | null;
  /** What lies outside: nothing, or the outermost voxel. */
  readonly border: 'fill' | 'edge';
  /** How `lower` is counted: extents of what is sampled, when that has been padded. Default: those of the source. */
  readonly sampled?: Extents;
  /** Memory for the rows found, as wide as the target; default new. */
  readonly found?: WarpRow;
}

/**
 * One row of the new image, as sampled by every channel of every entry: found once, read many times. Voxels outside have `lower` -1.
 */
export interface WarpRow {
  /** The neighbour before along all axes, as an offset into a channel. */
  readonly lower: Int32Array;
  /** The nearest voxel. */
  readonly nearest: Int32Array;
  /** Share of the neighbour behind, along depth, height and width. */
  readonly shares: readonly [Float64Array, Float64Array, Float64Array];
}

/** How far the neighbours behind are away in a channel; 0 along an axis of one voxel. */
export function stepsOf([depth, height, width]: Extents): readonly [number, number, number] {
  return [depth > 1 ? height * width : 0, height > 1 ? width : 0, width > 1 ? 1 : 0];
}

/** A function that finds row after row; the memory of the row is used again. */
export function planWarp(options: WarpOptions): (slice: number, row: number) => WarpRow {
  const { source, target, matrix, centre, controlGrid, border, sampled = source } = options;
  const width = target[2];
  const [middleDeep, middleDown, middleAcross] = target.map((count) => (count - 1) / 2) as [number, number, number];
  const [depthOf, heightOf, widthOf] = source;
  const found = options.found ?? newRow(width);
  const { lower, nearest, shares } = found;
  const [sharesDeep, sharesDown, sharesAcross] = shares;
  const field = [new Float64Array(width), new Float64Array(width), new Float64Array(width)] as const;
  // In 2D the grid moves height and width only.
  const moved = controlGrid === null ? [] : field.slice(3 - controlGrid.points.length);
  const readField = controlGrid === null ? null : fieldRows(controlGrid, target);
  const [fieldDeep, fieldDown, fieldAcross] = field;
  const [stepDeep, stepDown, stepAcross] = [matrix[2]!, matrix[5]!, matrix[8]!];
  const [lastDeep, lastDown, lastAcross] = [depthOf - 1, heightOf - 1, widthOf - 1];
  // The last voxel counts as the neighbour behind, which is always there then.
  const [topDeep, topDown, topAcross] = [Math.max(0, depthOf - 2), Math.max(0, heightOf - 2), Math.max(0, widthOf - 2)];
  const [endDeep, endDown, endAcross] = [depthOf - 0.5, heightOf - 0.5, widthOf - 0.5];
  const keepAll = border === 'edge';
  const [, sampledHeight, sampledWidth] = sampled;
  return (slice, row) => {
    const [fromDeep, fromDown] = [slice - middleDeep, row - middleDown];
    const startDeep = centre[0] + matrix[0]! * fromDeep + matrix[1]! * fromDown - stepDeep * middleAcross;
    const startDown = centre[1] + matrix[3]! * fromDeep + matrix[4]! * fromDown - stepDown * middleAcross;
    const startAcross = centre[2] + matrix[6]! * fromDeep + matrix[7]! * fromDown - stepAcross * middleAcross;
    const deformed = readField !== null;
    readField?.(slice, row, moved);
    for (let i = 0; i < width; i++) {
      let z = startDeep + stepDeep * i;
      let y = startDown + stepDown * i;
      let x = startAcross + stepAcross * i;
      if (deformed) {
        z += fieldDeep[i]!;
        y += fieldDown[i]!;
        x += fieldAcross[i]!;
      }
      // Half a voxel around the outermost centres still belongs to the image.
      if (!(z >= -0.5 && z < endDeep && y >= -0.5 && y < endDown && x >= -0.5 && x < endAcross)) {
        if (!keepAll) {
          lower[i] = -1;
          nearest[i] = -1;
          continue;
        }
      }
      // Not as conditions: those would hold z, y and x as objects, one for each voxel.
      z = Math.min(Math.max(z, 0), lastDeep);
      y = Math.min(Math.max(y, 0), lastDown);
      x = Math.min(Math.max(x, 0), lastAcross);
      // From 0 on, truncation is the floor.
      const front = Math.min(z | 0, topDeep);
      const top = Math.min(y | 0, topDown);
      const left = Math.min(x | 0, topAcross);
      lower[i] = (front * sampledHeight + top) * sampledWidth + left;
      nearest[i] = (((z + 0.5) | 0) * heightOf + ((y + 0.5) | 0)) * widthOf + ((x + 0.5) | 0);
      sharesDeep[i] = z - front;
      sharesDown[i] = y - top;
      sharesAcross[i] = x - left;
    }
    return found;
  };
}

function newRow(width: number): WarpRow {
  const shares = [new Float64Array(width), new Float64Array(width), new Float64Array(width)] as const;
  return { lower: new Int32Array(width), nearest: new Int32Array(width), shares };
}
