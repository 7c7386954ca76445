import { type Program, trace, type Tensor } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { tileRows } from '../src/tuned/tileRows.js';
import { arrangeUnits } from '../src/tuned/tiles.js';

describe('tileRows', () => {
  it('cuts a large variable into equal rows of at most 2^18 values', () => {
    expect(tileRows([512, 512, 3, 3])).toEqual([9, 262144]);
    expect(tileRows([1000, 1000])).toEqual([4, 250000]);
  });

  it('leaves a small variable, and one that divides badly, whole', () => {
    expect(tileRows([256, 256])).toBeNull();
    expect(tileRows([1048583])).toBeNull();
  });
});

const LARGE = [1024, 1024];

/** A program over one variable and a feed of its shape. */
function programOf(update: (variable: Tensor, given: Tensor) => Tensor): Program {
  const cell = { aval: { shape: LARGE, dtype: 'float32' as const } };
  return trace(
    (recording) => {
      const given = recording.feed('given', cell.aval);
      recording.assign(cell, update(recording.read(cell), given));
      return {};
    },
    { training: true, names: new Map([[cell, 'variable']]) },
  );
}

/** Names of the primitives of each unit; all values of the variable's shape are of one class. */
function arranged(program: Program, isInPieces = false): readonly (readonly string[])[] {
  const classOf = (id: number): number => (program.avals[id]!.shape.length === 2 ? 0 : 1 + id);
  return arrangeUnits(program, classOf, () => isInPieces).map((unit) => unit.map(({ prim }) => prim));
}

describe('arrangeUnits', () => {
  it('groups an update into one unit', () => {
    const program = programOf((variable, given) => variable.mul(0.9).add(given.mul(given).sqrt()));
    expect(arranged(program)).toEqual([['mul', 'mul', 'sqrt', 'add']]);
  });

  it('splits a chain that leads through a reduction, which needs all rows', () => {
    const program = programOf((variable, given) => {
      const gradient = given.add(variable.mul(0.1));
      const norm = gradient.mul(gradient).sum().sqrt();
      return variable.sub(gradient.div(norm).mul(2));
    });
    expect(arranged(program)).toEqual([['mul', 'add', 'mul'], ['reduceSum'], ['sqrt'], ['div', 'mul', 'sub']]);
  });

  it('leaves short chains and variables in pieces alone', () => {
    expect(arranged(programOf((variable, given) => variable.mul(0.9).add(given)))).toEqual([['mul'], ['add']]);
    const program = programOf((variable, given) => variable.mul(0.9).add(given.mul(given)));
    expect(arranged(program, true)).toEqual([['mul'], ['mul'], ['add']]);
  });

  it('puts each node after everything it needs', () => {
    const program = programOf((variable, given) => {
      const first = variable.mul(2).add(given).sqrt();
      const scaled = first.mul(first.sum());
      return scaled.add(variable).mul(0.5).sub(first);
    });
    const classOf = (id: number): number => (program.avals[id]!.shape.length === 2 ? 0 : 1 + id);
    const nodes = arrangeUnits(program, classOf, () => false).flat();
    const made = new Set([...Object.values(program.feeds), ...Object.values(program.reads), ...program.consts.keys()]);
    for (const { inputs, outputs } of nodes) {
      for (const id of inputs) expect(made).toContain(id);
      for (const id of outputs) made.add(id);
    }
    expect(nodes).toHaveLength(program.nodes.length);
  });
});
