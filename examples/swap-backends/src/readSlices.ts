import { boxOf, readBrain, sagittalSlices } from '@delira/brain-atlas';
import { allocate, type NDArray, type Sample } from '@delira/core';

/** Every how many-th pixel stays, in each direction: small enough for the slowest engine. */
const EVERY = 3;
/** Rows and columns, in pixels that stay. */
const SIZE = [32, 48] as const;

/** Every third pixel from the middle of each slice. */
function small<T extends NDArray>({ dtype, shape, data }: T): NDArray<T['dtype']> {
  const [count, height, width] = shape as unknown as readonly [number, number, number];
  const [rows, columns] = SIZE;
  const [top, left] = [Math.floor((height - rows * EVERY) / 2), Math.floor((width - columns * EVERY) / 2)];
  const kept = allocate(dtype, count * rows * columns);
  for (let i = 0; i < kept.length; i++) {
    const [column, row] = [i % columns, Math.floor(i / columns) % rows];
    kept[i] = data[(Math.floor(i / (rows * columns)) * height + top + row * EVERY) * width + left + column * EVERY]!;
  }
  return { dtype, shape: [count, rows, columns], data: kept as NDArray<T['dtype']>['data'] };
}

/** Sagittal slices of a brain's left half: `data` [N, 1, 32, 48], `label` [N, 32, 48]. */
export async function readSlices(): Promise<Sample> {
  const { image, labels, covered, hemispheres } = await readBrain();
  const slices = (array: NDArray): NDArray =>
    small(sagittalSlices(boxOf(array, [covered, [0, array.shape[1]!], hemispheres.train])));
  const [data, label] = [slices(image.array), slices(labels.array)];
  return { data: { ...data, shape: [data.shape[0]!, 1, ...SIZE] }, label };
}
