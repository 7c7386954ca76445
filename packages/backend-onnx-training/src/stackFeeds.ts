import { allocate, checkFeeds, drawNoise, type Feeds, type NDArray, type Program, sizeOf } from '@delira/core';
import { inputName } from '@delira/onnx';
import type { StackedFeeds } from './engine/CompiledProgram.js';

/**
 * Copies each step's batch, hypers and noise into arrays with a leading axis of steps: the one copy between loader and engine.
 *
 * @throws InputError naming the entry that does not fit.
 */
export function stackFeeds(program: Program, feeds: readonly Feeds[]): StackedFeeds {
  for (const feed of feeds) checkFeeds(program, feed);
  const steps = feeds.length;
  const values: Record<string, NDArray> = {};
  const stack = (name: string, id: number, pick: (feed: Feeds, index: number) => ArrayLike<number>): void => {
    const { shape, dtype } = program.avals[id]!;
    const size = sizeOf(shape);
    const data = allocate(dtype, steps * size);
    feeds.forEach((feed, index) => data.set(pick(feed, index), index * size));
    values[name] = { dtype, shape: [steps, ...shape], data };
  };
  for (const [name, id] of Object.entries(program.feeds))
    stack(inputName.feed(name), id, ({ batch }) => batch![name]!.data);
  for (const [name, id] of Object.entries(program.hyper))
    stack(inputName.hyper(name), id, ({ hyper }) => [hyper![name]!]);
  if (Object.keys(program.noise).length > 0) {
    const drawn = feeds.map(({ seed }) => drawNoise(program, seed![0], seed![1]));
    for (const [name, { id }] of Object.entries(program.noise))
      stack(inputName.noise(name), id, (_, index) => drawn[index]!.get(name)!.data);
  }
  return { steps, values };
}
