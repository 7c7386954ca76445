import { type Backend, full, type NDArray, type Sample, type StateStore } from '@delira/core';
import { createReferenceBackend } from '@delira/backend-reference';
import { describe, expect, it } from 'vitest';
import { conformanceCases, createContext } from '../src/index.js';
import { brokenBackend, type Fault, mapNodes, mapOutputs } from './brokenBackend.js';

/** Ids of the cases below `prefix` that a backend fails. */
async function failures(create: () => Backend, prefixes: readonly string[]): Promise<readonly string[]> {
  const context = await createContext({ create });
  const cases = conformanceCases({ capabilities: context.backend.capabilities }).filter(({ id }) =>
    prefixes.some((prefix) => id.startsWith(prefix)),
  );
  expect(cases).not.toHaveLength(0);
  const failed: string[] = [];
  for (const { id, run } of cases) {
    try {
      await run(context);
    } catch {
      failed.push(id);
    }
  }
  return failed;
}

const broken = (fault: Fault, ...prefixes: readonly string[]): Promise<readonly string[]> =>
  failures(() => brokenBackend(fault), prefixes);

const groups = ['state/', 'step/', 'steps-per-call/', 'no-recompile/', 'noise/', 'lifecycle/', 'errors/'];

describe('conformance', () => {
  it('finds nothing wrong with a backend in a guise of its own', async () => {
    expect(await broken({}, ...groups, 'primitive/maxPool', 'primitive/conv/', 'vjp/maxPool/')).toEqual([]);
  });

  it('sees a relative error of 1e-3', async () => {
    const run: Fault['run'] = async (inner, state, feeds) =>
      mapOutputs(await inner.run(state, feeds), (value) => value * (1 + 1e-3));
    const failed = await broken({ run }, 'primitive/exp/', 'primitive/conv/2d-same', 'vjp/exp/', 'step/convolutional');
    expect(failed).toContain('primitive/exp/matrix/float32');
    expect(failed).toContain('primitive/conv/2d-same/float32');
    expect(failed).toContain('vjp/exp/matrix/float32');
    expect(failed).toContain('step/convolutional-network');
  });

  it('sees NaN turned into zero', async () => {
    const run: Fault['run'] = async (inner, state, feeds) =>
      mapOutputs(await inner.run(state, feeds), (value) => (Number.isNaN(value) ? 0 : value));
    const failed = await broken({ run }, 'primitive/relu/', 'primitive/add/');
    expect(failed).toEqual([
      'primitive/relu/special-nan/float32',
      'primitive/relu/special-nan/float64',
      'primitive/add/special-nan/float32',
      'primitive/add/special-nan/float64',
      'primitive/add/special-infinite/float32',
      'primitive/add/special-infinite/float64',
    ]);
  });

  it('sees a lost sign of zero', async () => {
    const run: Fault['run'] = async (inner, state, feeds) =>
      mapOutputs(await inner.run(state, feeds), (value) => (value === 0 ? 0 : value));
    expect(await broken({ run }, 'primitive/neg/')).toEqual([
      'primitive/neg/special-signed-zero/float32',
      'primitive/neg/special-signed-zero/float64',
    ]);
  });

  it('sees ties of pooling broken in another way', async () => {
    // Turned around, the gradient of a constant region lies on the last elements instead of the first.
    const run: Fault['run'] = async (inner, state, feeds) => {
      const outputs = await inner.run(state, feeds);
      return outputs.map((sample): Sample => {
        const turned = (array: NDArray): NDArray => ({ ...array, data: array.data.slice().reverse() });
        return Object.fromEntries(Object.entries(sample).map(([name, array]) => [name, turned(array)]));
      });
    };
    const failed = await broken({ run }, 'primitive/maxPoolGrad/ties');
    expect(failed).toContain('primitive/maxPoolGrad/ties-constant-2x2/float32');
    expect(failed).toContain('primitive/maxPoolGrad/ties-constant-3x3-stride2-padded/float32');
  });

  it('sees a wrong sign inside a gradient', async () => {
    const program: Fault['program'] = (original) =>
      mapNodes(original, (node) => (node.prim === 'sub' ? { ...node, prim: 'add' } : node));
    const failed = await broken({ program }, 'vjp/sigmoid/', 'vjp/batchNorm/', 'vjp/sub/');
    expect(failed).toContain('vjp/sigmoid/matrix/float32');
    expect(failed).toContain('vjp/batchNorm/2d/float32');
  });

  it('sees a batch norm with another epsilon', async () => {
    const program: Fault['program'] = (original) =>
      mapNodes(original, (node) => (node.prim === 'batchNorm' ? { ...node, attrs: { epsilon: 1e-2 } } : node));
    expect(await broken({ program }, 'primitive/batchNorm/2d/', 'step/conv')).toEqual([
      'primitive/batchNorm/2d/float32',
      'primitive/batchNorm/2d/float64',
      'step/convolutional-network',
    ]);
  });

  it('sees state that is written before a failure', async () => {
    const run: Fault['run'] = async (inner, state, feeds, options) => {
      const outputs: Sample[] = [];
      for (const entry of feeds) outputs.push(...(await inner.run(state, [entry], options)));
      return outputs;
    };
    expect(await broken({ run }, ...groups)).toEqual([
      'state/no-write-on-failure',
      'state/no-write-when-an-output-is-not-finite',
    ]);
  });

  it('sees steps of one call that all begin with the same state', async () => {
    const run: Fault['run'] = async (inner, state, feeds) => {
      const initial = await state.read();
      const outputs: Sample[] = [];
      for (const entry of feeds) {
        await state.write(initial);
        outputs.push(...(await inner.run(state, [entry])));
      }
      return outputs;
    };
    expect(await broken({ run }, 'steps-per-call/')).toEqual([
      'steps-per-call/4-equals-4-times-1',
      'steps-per-call/any-partition-is-equal',
    ]);
  });

  it('sees a learning rate, a seed and weights that are remembered', async () => {
    const remember = (change: (first: object, now: object) => object): Fault['run'] => {
      const first = new WeakMap<object, object>();
      return (inner, state, feeds) => {
        const known = first.get(inner) ?? feeds[0] ?? {};
        first.set(inner, known);
        return inner.run(
          state,
          feeds.map((entry) => change(known, entry)),
        );
      };
    };
    const constantHyper = remember((first, now) => ({ ...now, hyper: (first as { hyper: object }).hyper }));
    expect(await broken({ run: constantHyper! }, 'no-recompile/')).toContain('no-recompile/learning-rate');
    const constantSeed = remember((first, now) => ({ ...now, seed: (first as { seed: object }).seed }));
    expect(await broken({ run: constantSeed! }, 'no-recompile/', 'noise/')).toEqual([
      'noise/seed-and-step-change-it',
      'no-recompile/batch-seed-and-step',
    ]);
    const ignoring = (inner: StateStore): StateStore => ({
      read: (names) => inner.read(names),
      write: () => Promise.resolve(),
      dispose: () => inner.dispose(),
    });
    expect(await broken({ state: ignoring }, 'no-recompile/')).toContain('no-recompile/weights');
  });

  it('sees noise of its own', async () => {
    let call = 0;
    const run: Fault['run'] = (inner, state, feeds) => {
      call++;
      return inner.run(
        state,
        feeds.map((entry) =>
          entry.seed === undefined ? entry : { ...entry, seed: [entry.seed[0] + call, entry.seed[1]] },
        ),
      );
    };
    expect(await broken({ run }, 'noise/')).toEqual([
      'noise/equals-the-host',
      'noise/same-seed-and-step-are-identical',
    ]);
  });

  it('sees a store that shares its memory', async () => {
    const held = new Map<string, NDArray>();
    const state = (inner: StateStore): StateStore => ({
      async read(names) {
        for (const [name, array] of await inner.read(names)) if (!held.has(name)) held.set(name, array);
        return held;
      },
      write: (entries) => inner.write(entries),
      dispose: () => inner.dispose(),
    });
    const failed = await broken({ state }, 'state/');
    expect(failed).toContain('state/read-gives-copies');
    expect(failed).toContain('state/read-gives-what-was-written');
  });

  it('sees a store that goes on after its end, and a backend that does', async () => {
    const state = (inner: StateStore): StateStore => ({
      read: (names) => inner.read(names),
      write: (entries) => inner.write(entries),
      dispose: () => Promise.resolve(),
    });
    expect(await broken({ state }, 'lifecycle/')).toContain('lifecycle/state-after-dispose');
    expect(await broken({ dispose: () => Promise.resolve() }, 'lifecycle/')).toEqual([
      'lifecycle/backend-after-dispose',
    ]);
  });

  it('sees errors without a type', async () => {
    const run: Fault['run'] = async (inner, state, feeds) => {
      try {
        return await inner.run(state, feeds);
      } catch (error) {
        throw new Error('something went wrong', { cause: error });
      }
    };
    const compile: Fault['compile'] = async (inner, program) => {
      try {
        return await inner.compile(program);
      } catch (error) {
        throw new Error('something went wrong', { cause: error });
      }
    };
    const failed = await broken({ run, compile }, 'errors/');
    expect(failed).toEqual(
      conformanceCases({ capabilities: createReferenceBackend().capabilities })
        .map(({ id }) => id)
        .filter((id) => id.startsWith('errors/')),
    );
  });

  it('counts what stays alive', async () => {
    const kept: NDArray[] = [];
    const run: Fault['run'] = (inner, state, feeds) => {
      kept.push(full([10], 0));
      return inner.run(state, feeds);
    };
    const context = await createContext({ create: () => brokenBackend({ run }), liveBuffers: () => kept.length });
    const [first] = conformanceCases({ capabilities: context.backend.capabilities, counted: true }).filter(({ id }) =>
      id.includes('200-runs'),
    );
    await expect(first!.run(context)).rejects.toThrow('3 buffers were live before 200 runs, 203 after them.');
  });

  it('leaves gradients and training out for a backend that only predicts', () => {
    const { dtypes } = createReferenceBackend().capabilities;
    const ids = conformanceCases({ capabilities: { training: false, dtypes } }).map(({ id }) => id.split('/')[0]);
    expect([...new Set(ids)].sort()).toEqual(['errors', 'lifecycle', 'noise', 'primitive', 'state']);
  });

  it('tests only the dtypes a backend holds', () => {
    const capabilities = { training: true, dtypes: new Set(['float32', 'int32', 'bool'] as const) };
    const ids = conformanceCases({ capabilities }).map(({ id }) => id);
    expect(ids.filter((id) => id.includes('float64') || id.includes('uint8'))).toEqual([]);
  });

  it('gives every case an id of its own', () => {
    for (const oracle of [true, false]) {
      const cases = conformanceCases({ capabilities: createReferenceBackend().capabilities, oracle, counted: true });
      expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    }
  });
});
