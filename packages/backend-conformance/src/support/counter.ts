import { type Program, type StateCell, trace } from '@delira/core';

const total: StateCell = { aval: { shape: [2, 3], dtype: 'float32' } };
const count: StateCell = { aval: { shape: [], dtype: 'int32' } };
const names: ReadonlyMap<StateCell, string> = new Map([
  [total, 'total'],
  [count, 'count'],
]);

/** A training step without gradients: total += scale · x, count += 1. Outputs: total before and after, read in that order. */
export function counterProgram(): Program {
  return trace(
    (recording) => {
      const before = recording.read(total);
      recording.assign(total, before.add(recording.feed('x', total.aval).mul(recording.hyper('scale'))));
      recording.assign(count, recording.read(count).add(1));
      return { before, after: recording.read(total), count: recording.read(count) };
    },
    { name: 'counter', training: true, names },
  );
}

/** Reads the counter's state without changing it. */
export function readerProgram(): Program {
  return trace((recording) => ({ sum: recording.read(total).sum(), count: recording.read(count) }), {
    name: 'reader',
    names,
  });
}
