import { type Aval, type Program, type Tensor, trace, type Trace } from '@delira/core';

export interface Cells {
  read(name: string, shape: readonly number[]): Tensor;
  assign(name: string, value: Tensor): void;
}

/** A training step over variables that are named where they are first read. */
export function stepOf(body: (cells: Cells, recording: Trace) => Readonly<Record<string, Tensor>>): Program {
  const cells = new Map<string, { readonly aval: Aval }>();
  const names = new Map<{ readonly aval: Aval }, string>();
  return trace(
    (recording) =>
      body(
        {
          read(name, shape) {
            const cell = cells.get(name) ?? { aval: { shape, dtype: 'float32' } };
            cells.set(name, cell);
            names.set(cell, name);
            return recording.read(cell);
          },
          assign: (name, value) => recording.assign(cells.get(name)!, value),
        },
        recording,
      ),
    { training: true, names },
  );
}
