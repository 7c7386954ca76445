import { full, type NDArray, type Program, type Tensor } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { type OnnxNode, tunedFlavour } from '../src/index.js';
import { furtherReaders, isReadBefore } from '../src/tuned/updates.js';
import { runLowered } from './support/runLowered.js';
import { type Cells, stepOf } from './support/stepOf.js';

const LARGE = [1024, 512];

const lower = (program: Program) => tunedFlavour(16).lower(program);

/** Names of the variables that may be written over. */
const writtenOver = (program: Program): readonly string[] =>
  Object.entries(lower(program).state).flatMap(([name, { inPlace }]) => (inPlace === true ? [name] : []));

/** Momentum on `w`, with what `rest` makes of the old and the new value; `loss` is the mean of the fed values. */
const descend = (rest: (old: Tensor, next: Tensor, cells: Cells) => Readonly<Record<string, Tensor>> = () => ({})) =>
  stepOf((cells, recording) => {
    const given = recording.feed('given', { shape: LARGE, dtype: 'float32' });
    const old = cells.read('w', LARGE);
    const velocity = cells.read('velocity', LARGE).mul(0.5).add(given);
    const next = old.sub(velocity.mul(0.25));
    cells.assign('velocity', velocity);
    cells.assign('w', next);
    return { loss: given.mean(), ...rest(old, next, cells) };
  });

const state = new Map<string, NDArray>([
  ['w', full(LARGE, 1)],
  ['velocity', full(LARGE, 2)],
]);

describe('variables that may be written over', () => {
  it('are large ones whose update nothing else waits for', () => {
    expect(writtenOver(descend())).toEqual(['w', 'velocity']);
  });

  it('may be read by anything that the update waits for, also where it does not need it', () => {
    const program = descend((old) => ({ norm: old.sum() }));
    expect(writtenOver(program)).toEqual(['w', 'velocity']);
    const { guard, builder, outputs } = lower(program);
    const { nodes } = builder.graph('step', [], []);
    const inputsOf = (name: string): readonly string[] =>
      nodes.find(({ outputs: [made] }) => made === name)?.inputs ?? [];
    const leadsTo = (name: string, wanted: string): boolean =>
      name === wanted || inputsOf(name).some((input) => leadsTo(input, wanted));
    expect(leadsTo(guard!.passed.name, outputs['norm']!.name)).toBe(true);
  });

  it('are none when the next value is used again in the same step', () => {
    expect(writtenOver(descend((_, next) => ({ norm: next.sum() })))).toEqual([]);
  });

  it('are not those that are given out, or kept under another name, as they are', () => {
    expect(writtenOver(descend((old) => ({ old })))).toEqual(['velocity']);
    const kept = descend((old, _, cells) => {
      cells.read('before', LARGE);
      cells.assign('before', old);
      return {};
    });
    expect(writtenOver(kept)).toEqual(['velocity']);
  });

  it('are none of a program that has small variables only', () => {
    const small = stepOf((cells) => {
      cells.assign('w', cells.read('w', [4]).mul(0.5));
      return {};
    });
    expect(lower(small).guard).toBeUndefined();
  });
});

describe('the guard of an update', () => {
  const run = (given: number, finite: readonly string[]) => {
    const program = descend();
    const fed = full(LARGE, 4);
    fed.data[7] = given;
    return runLowered(program, lower(program), { batch: { given: fed }, state, finite }, 16).state;
  };
  const [w, velocity] = ['w', 'velocity'].map((name) => (values: ReturnType<typeof run>) => values.get(name)!);

  it('lets it write when what must be finite is', () => {
    const next = run(8, ['loss']);
    expect([velocity!(next)[0], velocity!(next)[7], w!(next)[0], w!(next)[7]]).toEqual([5, 9, -0.25, -1.25]);
  });

  it.each([NaN, Infinity, -Infinity])('keeps the variables when the loss is not finite, because of %s', (bad) => {
    const next = run(bad, ['loss']);
    expect([velocity!(next)[0], velocity!(next)[7], w!(next)[0], w!(next)[7]]).toEqual([2, 2, 1, 1]);
  });

  it('does not mind what nobody asks for', () => {
    const next = run(NaN, []);
    expect([velocity!(next)[0], velocity!(next)[7]]).toEqual([5, NaN]);
  });
});

const node = (type: string, inputs: readonly string[], output: string): OnnxNode => ({
  name: output,
  type,
  domain: '',
  inputs,
  outputs: [output],
  attributes: {},
});

describe('furtherReaders', () => {
  const nodes = [
    node('Reshape', ['w', 'shape'], 'flat'),
    node('Conv', ['x', 'flat'], 'y'),
    node('Neg', ['flat'], 'negative'),
    node('Relu', ['y'], 'loss'),
    node('Exp', ['x'], 'other'),
    node('Abs', ['negative'], 'size'),
  ];

  it('are those that read a variable, also through a view, and that nothing awaited needs', () => {
    expect(furtherReaders(nodes, new Set(['w']), ['loss'], ['other', 'size'])).toEqual(['size']);
    expect(furtherReaders(nodes, new Set(['w']), [], ['other', 'loss', 'y'])).toEqual(['loss']);
  });
});

describe('isReadBefore', () => {
  const graph = (...nodes: readonly OnnxNode[]) => ({ name: '', nodes, initializers: [], inputs: [], outputs: [] });

  it('holds when every way from the input leads to the output', () => {
    const nodes = [node('Mul', ['old', 'rate'], 'scaled'), node('Add', ['scaled', 'old'], 'next')];
    expect(isReadBefore(graph(...nodes), 'old', 'next')).toBe(true);
  });

  it('does not hold when something beside the output reads the input', () => {
    const nodes = [node('Mul', ['old', 'rate'], 'next'), node('Add', ['next', 'old'], 'sum')];
    expect(isReadBefore(graph(...nodes), 'old', 'next')).toBe(false);
    const reordered = [node('Neg', ['old'], 'negative'), node('Mul', ['old', 'rate'], 'next')];
    expect(isReadBefore(graph(...reordered), 'old', 'next')).toBe(false);
  });
});
