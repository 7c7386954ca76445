import { conformanceCases, createContext, runCase } from '@delira/backend-conformance';
import { type NDArray, ndarray, type Sample, trace } from '@delira/core';
import { expectEqual } from '@delira/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOnnxBackend, type OnnxBackend } from '../src/index.js';
import { batchOf, feedsOf, hyper, system } from './support/blockedNet.js';
import { built } from './support/built.js';

const remote = ['worker', 'process'] as const;

/** Cases about state, errors and lifetime, and one primitive with operands of every dtype: what crossing over could break. */
const crossing = /^(state|lifecycle|errors|noise|steps-per-call|no-recompile)\/|^primitive\/cast\//;

for (const thread of remote) {
  describe(`conformance of an engine in a ${thread}`, async () => {
    const context = await createContext({
      create: () => built.createOnnxBackend({ thread, flavour: 'portable' }),
      tolerance: { float32: { rtol: 1e-4, atol: 1e-5 } },
      liveBuffers: async (backend) => {
        const { buffers, executables } = await (backend as OnnxBackend).usage();
        return buffers + executables;
      },
    });
    afterAll(() => context.backend.dispose());
    const cases = conformanceCases({ capabilities: context.backend.capabilities, counted: true });
    const chosen = cases.filter(({ id }) => crossing.test(id));
    it('chooses cases', () => expect(chosen.length).toBeGreaterThan(40));
    it.each(chosen.map((chosenCase) => [chosenCase.id, chosenCase] as const))('%s', (_, chosenCase) =>
      runCase(chosenCase, context, undefined),
    );
  });
}

async function trained(backend: OnnxBackend): Promise<ReadonlyMap<string, NDArray>> {
  const executable = await backend.compile(system.traceTrain(batchOf(0)));
  const state = await backend.createState(system.initialState(3));
  const outputs = [
    ...(await executable.run(state, [feedsOf(0), feedsOf(1), feedsOf(2)])),
    ...(await executable.run(state, [feedsOf(3)])),
  ];
  const results = new Map(await state.read());
  outputs.forEach((sample, step) => results.set(`loss of step ${step}`, sample['loss']!));
  await backend.dispose();
  return results;
}

describe('wherever the engine is', () => {
  it.each(remote)('it gives the bits of an engine in this thread (%s)', async (thread) => {
    const expected = await trained(await createOnnxBackend({ thread: 'inline', flavour: 'tuned' }));
    const actual = await trained(await built.createOnnxBackend({ thread, flavour: 'tuned' }));
    expect([...actual.keys()]).toEqual([...expected.keys()]);
    for (const [name, array] of expected) expectEqual(actual.get(name)!, array, name);
  });

  it.each(remote)('it takes a state of several messages (%s)', async (thread) => {
    const backend = await built.createOnnxBackend({ thread, flavour: 'portable' });
    const initial = new Map(
      ['a', 'b', 'c'].map((name, index) => [name, ndarray(new Float32Array(5_000_000).fill(index), [5_000_000])]),
    );
    const expected = new Map([...initial].map(([name, array]) => [name, { ...array, data: array.data.slice() }]));
    const state = await backend.createState(initial, { transfer: new Set(['b']) });
    const read = await state.read();
    expect([...read.keys()]).toEqual(['a', 'b', 'c']);
    for (const [name, array] of expected) expectEqual(read.get(name)!, array, name);
    // What is given away moves to a thread; a process gets a copy of everything.
    const left = [...initial.values()].map(({ data }) => data.length);
    expect(left).toEqual([5_000_000, thread === 'worker' ? 0 : 5_000_000, 5_000_000]);
    await backend.dispose();
  });

  it.each(['inline', ...remote] as const)(
    'it borrows batches and states, and gives arrays away (%s)',
    async (thread) => {
      const backend = await (thread === 'inline' ? createOnnxBackend : built.createOnnxBackend)({
        thread,
        flavour: 'portable',
      });
      const initial = system.initialState(3);
      const given: readonly Sample[] = [batchOf(0), Object.fromEntries(initial)];
      const before = structuredClone(given);
      const executable = await backend.compile(system.traceTrain(batchOf(0)));
      const state = await backend.createState(initial);
      const first = await state.read();
      first.get('first')!.data.fill(7);
      await state.write(initial);
      await executable.run(state, [{ batch: given[0]!, hyper }]);
      expect(given).toEqual(before);
      const [one, two] = [await state.read(['first']), await state.read(['first'])];
      one.get('first')!.data.fill(7);
      expect(two.get('first')!.data).not.toContain(7);
      expectEqual((await state.read(['first'])).get('first')!, two.get('first')!);
      await backend.dispose();
    },
  );
});

describe('while a run is in flight elsewhere', () => {
  const data: NDArray = { dtype: 'float32', shape: [256, 256], data: new Float32Array(256 * 256) };
  const program = trace((recording) => {
    const start = recording.feed('data', data);
    let value = start;
    for (let i = 0; i < 100; i++) value = value.matmul(start);
    return { sum: value.sum() };
  });

  describe.each(remote)('in a %s', (thread) => {
    let backend: OnnxBackend;
    beforeAll(async () => {
      backend = await built.createOnnxBackend({ thread, flavour: 'portable', threads: 1 });
    });
    afterAll(() => backend.dispose());

    it('timers of this thread fire', async () => {
      const executable = await backend.compile(program);
      const state = await backend.createState(new Map());
      let ticks = 0;
      const timer = setInterval(() => ticks++, 5);
      const run = executable.run(state, new Array<{ batch: Sample }>(8).fill({ batch: { data } }));
      await run;
      clearInterval(timer);
      expect(ticks).toBeGreaterThan(3);
    });
  });

  it('a run is refused with the reason when its process is killed, and so is what follows', async () => {
    const backend = await built.createOnnxBackend({ thread: 'process', flavour: 'portable', threads: 1 });
    const executable = await backend.compile(program);
    const state = await backend.createState(new Map());
    const run = executable.run(state, new Array<{ batch: Sample }>(8).fill({ batch: { data } }));
    process.kill(backend.info.processId, 'SIGKILL');
    const reason = { name: 'EngineError', code: 'ENGINE', message: expect.stringContaining('was killed') as unknown };
    await expect(run).rejects.toMatchObject(reason);
    await expect(state.read()).rejects.toMatchObject(reason);
    await backend.dispose();
    await expect(state.read()).rejects.toMatchObject(reason);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('its process leaves %s to the application', async (signal) => {
    const backend = await built.createOnnxBackend({ thread: 'process', flavour: 'portable', threads: 1 });
    expect(backend.info.processId).not.toBe(process.pid);
    process.kill(backend.info.processId, signal);
    const executable = await backend.compile(program);
    const state = await backend.createState(new Map());
    expect((await executable.run(state, [{ batch: { data } }]))[0]!['sum']!.data[0]).toBe(0);
    await backend.dispose();
  });
});
