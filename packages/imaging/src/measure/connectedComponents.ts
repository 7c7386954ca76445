import { formatShape, type NDArray, ShapeError, sizeOf } from '@delira/core';

/** Which elements touch: those that share a face (`'faces'`: 4 in 2D, 6 in 3D), or a corner, too (`'corners'`: 8, 26). */
export type Connectivity = 'faces' | 'corners';

export interface ComponentsOptions {
  /** Default `'faces'`, as SimpleITK's and scikit-image's first choice. */
  readonly connectivity?: Connectivity;
}

export interface Components {
  /** 0 where the mask is zero, else the component's number from 1 on, the largest first; of equal ones the one that begins first. */
  readonly labels: NDArray<'int32'>;
  /** Elements of component 1, 2, … */
  readonly sizes: readonly number[];
}

/**
 * Numbers the connected parts of everything that is not zero, in one to three dimensions: SimpleITK's `ConnectedComponent` followed by
 * `RelabelComponent`.
 *
 * @throws ShapeError for other ranks.
 */
export function connectedComponents(mask: NDArray, options: ComponentsOptions = {}): Components {
  const { shape, data } = mask;
  if (shape.length < 1 || shape.length > 3)
    throw new ShapeError(
      `Components are found in one to three dimensions, got ${formatShape(shape)}. Take one channel.`,
    );
  const [depth, height, width] = [...Array<number>(3 - shape.length).fill(1), ...shape] as [number, number, number];
  const parents = new Int32Array(sizeOf(shape)).fill(-1);
  const earlier = earlierNeighbours(options.connectivity ?? 'faces');
  let at = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        if (data[at] === 0) continue;
        let root = at;
        parents[at] = at;
        for (const [dz, dy, dx] of earlier) {
          if (z + dz < 0 || y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) continue;
          const neighbour = at + (dz * height + dy) * width + dx;
          if (parents[neighbour]! >= 0) root = unite(parents, neighbour, root);
        }
      }
    }
  }
  return numberBySize(parents, shape);
}

/** Steps (z, y, x) to the neighbours that come before an element. */
function earlierNeighbours(connectivity: Connectivity): readonly (readonly [number, number, number])[] {
  if (connectivity === 'faces')
    return [
      [-1, 0, 0],
      [0, -1, 0],
      [0, 0, -1],
    ];
  const steps = [-1, 0, 1].flatMap((z) => [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => [z, y, x] as const)));
  return steps.slice(0, 13);
}

function rootOf(parents: Int32Array, element: number): number {
  let root = element;
  while (parents[root] !== root) root = parents[root]!;
  // Everything on the way now points to the root, so the way is short next time.
  while (parents[element] !== root) {
    const next = parents[element]!;
    parents[element] = root;
    element = next;
  }
  return root;
}

/** The root of both is the earlier one: the first element of a component. */
function unite(parents: Int32Array, left: number, right: number): number {
  const [a, b] = [rootOf(parents, left), rootOf(parents, right)];
  const [first, second] = a < b ? [a, b] : [b, a];
  parents[second] = first;
  return first;
}

function numberBySize(parents: Int32Array, shape: readonly number[]): Components {
  const counts = new Map<number, number>();
  for (let i = 0; i < parents.length; i++) {
    if (parents[i]! < 0) continue;
    const root = rootOf(parents, i);
    counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, left], [b, right]) => right - left || a - b);
  const numbers = new Map(sorted.map(([root], index) => [root, index + 1]));
  const data = new Int32Array(parents.length);
  for (let i = 0; i < data.length; i++) if (parents[i]! >= 0) data[i] = numbers.get(parents[i]!)!;
  return { labels: { dtype: 'int32', shape, data }, sizes: sorted.map(([, size]) => size) };
}
