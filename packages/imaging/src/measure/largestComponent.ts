import type { NDArray } from '@delira/core';
import { type ComponentsOptions, connectedComponents } from './connectedComponents.js';

/**
 * An array with everything set to zero but its largest connected part, whose values stay. Without any part it is all zero.
 *
 * @throws ShapeError outside of one to three dimensions.
 */
export function largestComponent<A extends NDArray>(mask: A, options: ComponentsOptions = {}): A {
  const { labels } = connectedComponents(mask, options);
  const data = mask.data.slice();
  for (let i = 0; i < data.length; i++) if (labels.data[i] !== 1) data[i] = 0;
  return { ...mask, data };
}
