import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concat,
  estimateMemory,
  type MemoryEstimate,
  type Program,
  type StateCell,
  trace,
  type Trace,
} from '../src/index.js';
import { f32 } from './tracing.js';

const weight: StateCell = { aval: f32(8) };
const momentum: StateCell = { aval: f32(8) };
const names = new Map([
  [weight, 'layer.weight'],
  [momentum, 'optimizer.default.momentum'],
]);

const step = (body: (recording: Trace) => void): Program =>
  trace(
    (recording) => {
      body(recording);
      return {};
    },
    { training: true, names },
  );

describe('state and batch', () => {
  const program = step((recording) => {
    const gradient = recording
      .read(weight)
      .mul(recording.feed('x', f32(8)))
      .exp();
    const next = recording.read(momentum).mul(0.9).add(gradient);
    recording.assign(momentum, next);
    recording.assign(weight, recording.read(weight).sub(next.mul(recording.hyper('lr'))));
  });

  it('are counted by what they are, and small state that is written twice', () => {
    expect(estimateMemory(program)).toMatchObject({
      parameters: 32,
      optimizer: 32,
      next: 64,
      batch: 32 + 4,
    } satisfies Partial<MemoryEstimate>);
  });

  it('count large variables once: they are written over', () => {
    const cell: StateCell = { aval: f32(2 ** 19) };
    const large = trace(
      (recording) => {
        recording.assign(cell, recording.read(cell).mul(0.5));
        return {};
      },
      { training: true, names: new Map([[cell, 'weight']]) },
    );
    expect(estimateMemory(large)).toMatchObject({ parameters: 2 ** 21, next: 0 });
  });

  it('make up the sum', () => {
    const { parameters, optimizer, next, batch, activations, workspace, least, total } = estimateMemory(program);
    expect(least).toBe(parameters + optimizer + next + batch + activations);
    expect(total).toBe(least + workspace);
  });

  it('count noise with the batch', () => {
    const noisy = trace((recording) => ({ y: recording.noise('z', f32(10), 'normal').exp() }));
    expect(estimateMemory(noisy)).toMatchObject({ batch: 40, activations: 40, next: 0 });
  });

  it('are only what the Program reads and writes', () => {
    const frozen = step((recording) => {
      recording.assign(weight, recording.read(weight).mul(recording.feed('x', f32(8))));
    });
    expect(estimateMemory(frozen)).toMatchObject({ parameters: 32, optimizer: 0, next: 32, activations: 0 });
  });
});

describe('activations', () => {
  const activationsOf = (body: Parameters<typeof trace>[0]): number => estimateMemory(trace(body)).activations;

  it('that end with an elementwise operation are written over', () => {
    expect(activationsOf((recording) => ({ y: recording.feed('x', f32(5)).exp().relu().neg() }))).toBe(20);
  });

  it('that are needed later stay', () => {
    expect(
      activationsOf((recording) => {
        const a = recording.feed('x', f32(5)).exp();
        return { y: a.relu().neg().mul(a) };
      }),
    ).toBe(40);
  });

  it('that other operations read are there beside the result', () => {
    // exp(x) and its transpose, then the transpose and the product of 4 × 4.
    expect(
      activationsOf((recording) => {
        const x = recording.feed('x', f32(3, 4));
        return { y: x.exp().transpose([1, 0]).matmul(x) };
      }),
    ).toBe(Math.max(48 + 48, 48 + 64));
  });

  it('are not copied by a reshape', () => {
    expect(
      activationsOf((recording) => {
        const a = recording.feed('x', f32(2, 3)).exp().reshape([6]);
        return { y: concat([a, a], 0) };
      }),
    ).toBe(24 + 48);
  });

  it('include outputs and constants', () => {
    expect(
      activationsOf((recording) => {
        const x = recording.feed('x', f32(5));
        return { y: x.exp(), z: x.mul(2) };
      }),
    ).toBe(20 + 20 + 4);
  });

  it('name the place of the largest', () => {
    const { peak } = estimateMemory(
      trace((recording) => {
        const x = recording.feed('x', f32(2, 3));
        const wide = recording.inScope('block', () => concat([x.exp(), x, x], 0));
        return { y: wide.sum() };
      }),
    );
    expect(peak).toEqual({ prim: 'concat', scope: 'block' });
    expect(estimateMemory(trace((recording) => ({ y: recording.feed('x', f32(2)) }))).peak).toBeNull();
  });

  it('lie between the largest value and all of them', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('exp', 'double', 'sum', 'relu'), { maxLength: 12 }), (operations) => {
        const program = trace((recording) => {
          let x = recording.feed('x', f32(2, 8));
          const kept = [x];
          for (const operation of operations) {
            if (operation === 'double') x = concat([x, x], 0);
            else if (operation === 'sum') x = x.add(kept[0]!.sum());
            else x = operation === 'exp' ? x.exp() : x.relu();
            kept.push(x);
          }
          return { y: x.sum() };
        });
        const sizes = program.nodes.flatMap(({ outputs }) =>
          outputs.map((id) => 4 * program.avals[id]!.shape.reduce((product, extent) => product * extent, 1)),
        );
        const { activations } = estimateMemory(program);
        expect(activations).toBeGreaterThanOrEqual(Math.max(0, ...sizes));
        expect(activations).toBeLessThanOrEqual(sizes.reduce((sum, size) => sum + size, 0));
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe('the text', () => {
  it('says what the memory is for', () => {
    const program = trace((recording) =>
      recording.inScope('block', () => {
        const x = recording.feed('x', f32(1024, 1024));
        return { y: concat([x.exp(), x, x, x], 0) };
      }),
    );
    expect(estimateMemory(program).formatted).toBe(
      '100 MiB: 4.0 MiB batch + 20 MiB activations and gradients, most at concat of block + 76 MiB workspace of the engine',
    );
    expect(estimateMemory(trace(() => ({}))).formatted).toBe('60 MiB: 60 MiB workspace of the engine');
  });
});
