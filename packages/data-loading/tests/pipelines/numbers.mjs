import { setInterval } from 'node:timers';
import { setTimeout as wait } from 'node:timers/promises';
import { isMainThread, threadId } from 'node:worker_threads';
import { ndarray } from '@delira/core';

/** Samples [index, a random number]; what goes wrong on which sample is an option. */
export function createPipeline({ length = 23, own = true, fail = {}, slow = null, collate = false } = {}) {
  const dataset = {
    length,
    get: async (index) => {
      if (fail.load === index) throw new Error('the disk is gone');
      // Later samples of a batch are often ready before earlier ones.
      await wait((index * 7) % 5);
      return { data: ndarray([index], [1]) };
    },
  };
  const transform = async (sample, rng) => {
    const [index] = sample.data.data;
    const drawn = rng.uniform();
    if (fail.transform === index) throw new Error(`Rotate({ angle: ${drawn.toFixed(3)} }) met an empty image`);
    if (!isMainThread && fail.exit === index) process.exit(3);
    if (!isMainThread && fail.throwLater === index) setTimeout(() => JSON.parse('{'));
    if (!isMainThread && (fail.hang === index || fail.throwLater === index))
      await new Promise(() => setInterval(JSON.stringify, 1000));
    if (!isMainThread && fail.exitOnce?.index === index && Atomics.exchange(fail.exitOnce.flag, 0, 1) === 0)
      process.exit(4);
    if (!isMainThread && slow !== null) {
      // The first sample is not done before all others are, however long that takes.
      if (index > 0) Atomics.add(slow, 0, 1);
      for (let left = 200; index === 0 && Atomics.load(slow, 0) < length - 1; left--) {
        if (left === 0) throw new Error(`only ${Atomics.load(slow, 0)} others were done`);
        await wait(20);
      }
    }
    return { data: ndarray([index, drawn], [2]) };
  };
  const kept = ndarray([1, 2, 3], [3]);
  return {
    ...(own ? { dataset } : {}),
    transform,
    ...(collate ? { collate: () => ({ kept, thread: ndarray([threadId], [1]) }) } : {}),
  };
}

export function createNothing() {
  throw new Error('no licence');
}
