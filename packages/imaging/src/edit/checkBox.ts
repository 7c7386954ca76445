import { ArgumentError, formatShape } from '@delira/core';
import type { Box } from '../measure/boundingBox.js';

/** @throws ArgumentError when a box is not one of three axes, or not within them. */
export function checkBox({ start, end }: Box, shape: readonly number[]): void {
  const valid =
    start.length === 3 &&
    end.length === 3 &&
    start.every((first, axis) => {
      const stop = end[axis]!;
      return (
        Number.isSafeInteger(first) && Number.isSafeInteger(stop) && first >= 0 && first < stop && stop <= shape[axis]!
      );
    });
  if (!valid)
    throw new ArgumentError(
      `A box [${start.join(', ')}] to [${end.join(', ')}] does not lie in the axes z, y, x, ${formatShape(shape)}, or is empty.`,
    );
}
