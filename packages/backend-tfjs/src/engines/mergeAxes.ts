import type { Shape } from '@delira/core';

/** Joins axes that are taken whole to the axis before them: a box in few axes instead of many. */
export function mergeFullAxes(
  shape: Shape,
  margins: readonly (readonly [number, number])[],
): { readonly shape: Shape; readonly margins: readonly (readonly [number, number])[] } {
  const extents: number[] = [];
  const edges: (readonly [number, number])[] = [];
  shape.forEach((extent, axis) => {
    const [low, high] = margins[axis]!;
    if (extents.length > 0 && low === 0 && high === 0) {
      const last = extents.length - 1;
      extents[last]! *= extent;
      edges[last] = [edges[last]![0] * extent, edges[last]![1] * extent];
    } else {
      extents.push(extent);
      edges.push([low, high]);
    }
  });
  return { shape: extents, margins: edges };
}

/** Joins axes that stay side by side; those of extent 1 go anywhere. */
export function mergeTransposed(
  shape: Shape,
  perm: readonly number[],
): { readonly shape: Shape; readonly perm: readonly number[] } {
  const groups: number[][] = [];
  for (const axis of perm) {
    if (shape[axis] === 1) continue;
    const last = groups.at(-1);
    const between = last === undefined ? [0] : shape.slice(last.at(-1)! + 1, axis);
    if (last !== undefined && last.at(-1)! < axis && between.every((extent) => extent === 1)) last.push(axis);
    else groups.push([axis]);
  }
  const order = [...groups].sort((a, b) => a[0]! - b[0]!);
  return {
    shape: order.map((group) => group.reduce((product, axis) => product * shape[axis]!, 1)),
    perm: groups.map((group) => order.indexOf(group)),
  };
}

/** Joins neighbouring axes that both operands hold in full, or that the same one repeats. */
export function mergeBroadcast(a: Shape, b: Shape): { readonly a: Shape; readonly b: Shape; readonly shape: Shape } {
  const rank = Math.max(a.length, b.length);
  const merged: { a: number; b: number; kind: string }[] = [];
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    shape.push(left === 1 ? right : left);
    if (left === 1 && right === 1) continue;
    const kind = left === right ? 'both' : left === 1 ? 'right' : 'left';
    const last = merged.at(-1);
    if (last?.kind === kind) {
      last.a *= left;
      last.b *= right;
    } else merged.push({ a: left, b: right, kind });
  }
  return { a: merged.map((group) => group.a), b: merged.map((group) => group.b), shape };
}
