import type { Program, Tensor } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { type OnnxNode, stepsModel, tunedFlavour } from '../src/index.js';
import { namesRead } from '../src/lowering/GraphBuilder.js';
import { stepOf } from './support/stepOf.js';

/** Powers of x, each of which is needed with the product of those before it, and a gradient of w that only its update needs. */
const stepOn = (extent: number): Program =>
  stepOf((cells, recording) => {
    const x = recording.feed('x', { shape: [512, extent], dtype: 'float32' });
    const w = cells.read('w', [extent, 512]);
    const velocity = cells
      .read('velocity', [extent, 512])
      .mul(0.5)
      .add(x.transpose([1, 0]));
    cells.assign('velocity', velocity);
    cells.assign('w', w.sub(velocity.mul(0.25)));
    let product: Tensor = x;
    for (let factor = 1; factor <= 6; factor++) product = product.mul(x.mul(factor).exp());
    return { loss: product.mean() };
  });

const lower = (program: Program) => tunedFlavour(16).lower(program);

/** How the engine orders nodes: backwards from those that nothing follows, always to the one that stands last. */
function engineOrder(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const makers = new Map(nodes.flatMap((node, index) => node.outputs.map((name) => [name, index] as const)));
  const inputs = nodes.map((node) => namesRead(node).flatMap((name) => makers.get(name) ?? []));
  const followed = new Set(inputs.flat());
  const done = new Set<number>();
  const ordered: OnnxNode[] = [];
  const visit = (index: number): void => {
    if (done.has(index)) return;
    done.add(index);
    for (const input of [...inputs[index]!].sort((left, right) => right - left)) visit(input);
    ordered.push(nodes[index]!);
  };
  for (const index of [...nodes.keys()].reverse()) if (!followed.has(index)) visit(index);
  return ordered;
}

const bodyOf = (program: Program): readonly OnnxNode[] => {
  const scan = stepsModel(lower(program)).graph.nodes[0]!;
  return (scan.attributes['body'] as { readonly graph: { readonly nodes: readonly OnnxNode[] } }).graph.nodes;
};

const heavy = new Set(['Exp', 'Transpose']);
const heavyNames = (nodes: readonly OnnxNode[]): readonly string[] =>
  nodes.filter(({ type }) => heavy.has(type)).map(({ name }) => name);

describe('the order of a step with many large tensors', () => {
  it('is that of emission, whatever the engine would begin with', () => {
    const program = stepOn(2 ** 17);
    expect(lower(program).isOrdered).toBe(true);
    const emitted = bodyOf(program);
    expect(heavyNames(engineOrder(emitted))).toEqual(heavyNames(emitted));
    expect(heavyNames(emitted)).toHaveLength(7);
  });

  it("is the engine's own where there is less of them", () => {
    const program = stepOn(2 ** 13);
    expect(lower(program).isOrdered).toBeUndefined();
    const emitted = bodyOf(program);
    expect(heavyNames(engineOrder(emitted))).not.toEqual(heavyNames(emitted));
  });
});

describe('operators that nobody needs', () => {
  it('are left out', () => {
    const program = stepOf((cells, recording) => {
      const x = recording.feed('x', { shape: [4], dtype: 'float32' });
      x.exp();
      cells.assign('w', cells.read('w', [4]).mul(x));
      return { loss: x.mean() };
    });
    expect(bodyOf(program).map(({ type }) => type)).not.toContain('Exp');
  });
});
