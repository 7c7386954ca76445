import type { Shape } from '@delira/core';

/** Every position in a box, the last axis fastest. */
export function positionsIn(box: Shape): readonly (readonly number[])[] {
  return box.reduce<readonly (readonly number[])[]>(
    (heads, extent) => heads.flatMap((head) => Array.from({ length: extent }, (_, position) => [...head, position])),
    [[]],
  );
}
