import { full, type NDArray } from '@delira/core';
import { expectClose } from '@delira/testkit';
import type { ConformanceCase } from '../ConformanceCase.js';
import { readerProgram } from '../support/counter.js';
import { expectRejection } from '../support/expectRejection.js';
import { trainingRun } from '../support/trainingRun.js';

const entries = (): ReadonlyMap<string, NDArray> =>
  new Map<string, NDArray>([
    ['total', full([2, 3], 1)],
    ['count', full([], 0, 'int32')],
  ]);

const RUNS = 200;

const always: readonly ConformanceCase[] = [
  {
    id: 'lifecycle/dispose-twice',
    async run({ create }) {
      const backend = await create();
      const executable = await backend.compile(readerProgram());
      const state = await backend.createState(entries());
      for (const thing of [executable, state, backend]) {
        await thing.dispose();
        await thing.dispose();
      }
    },
  },
  {
    id: 'lifecycle/executable-after-dispose',
    async run({ backend }) {
      const executable = await backend.compile(readerProgram());
      const state = await backend.createState(entries());
      await executable.dispose();
      await expectRejection(() => executable.run(state, [{}]), 'DISPOSED', [/executable|reader/i]);
      await state.dispose();
    },
  },
  {
    id: 'lifecycle/state-after-dispose',
    async run({ backend }) {
      const executable = await backend.compile(readerProgram());
      const state = await backend.createState(entries());
      await state.dispose();
      await expectRejection(() => state.read(), 'DISPOSED', [/state/i]);
      await expectRejection(() => state.write(entries()), 'DISPOSED', [/state/i]);
      await expectRejection(() => executable.run(state, [{}]), 'DISPOSED', [/state/i]);
      await executable.dispose();
    },
  },
  {
    id: 'lifecycle/backend-after-dispose',
    async run({ create }) {
      const backend = await create();
      const executable = await backend.compile(readerProgram());
      const state = await backend.createState(entries());
      await backend.dispose();
      await expectRejection(() => backend.compile(readerProgram()), 'DISPOSED', [/backend/i]);
      await expectRejection(() => backend.createState(entries()), 'DISPOSED', [/backend/i]);
      await expectRejection(() => executable.run(state, [{}]), 'DISPOSED');
      await expectRejection(() => state.read(), 'DISPOSED');
    },
  },
  {
    id: 'lifecycle/dispose-waits-for-a-run',
    async run({ create }) {
      const backend = await create();
      const executable = await backend.compile(readerProgram());
      const state = await backend.createState(entries());
      const run = executable.run(state, [{}]);
      await backend.dispose();
      expectClose((await run)[0]!['sum']!, 6);
    },
  },
];

const training: readonly ConformanceCase[] = [
  {
    id: 'lifecycle/200-runs-keep-the-live-buffers',
    async run({ backend, liveBuffers }) {
      if (liveBuffers === null) return;
      const run = await trainingRun(backend);
      const once = async (step: number): Promise<void> => {
        await run.train([step]);
      };
      for (let step = 0; step < 3; step++) await once(step);
      const before = await liveBuffers(backend);
      for (let step = 0; step < RUNS; step++) await once(step);
      const after = await liveBuffers(backend);
      await run.dispose();
      if (after > before) throw new Error(`${before} buffers were live before ${RUNS} runs, ${after} after them.`);
    },
  },
  {
    id: 'lifecycle/dispose-frees-the-live-buffers',
    async run({ backend, liveBuffers }) {
      if (liveBuffers === null) return;
      const cycle = async (): Promise<void> => {
        const run = await trainingRun(backend);
        await run.train([0]);
        await run.dispose();
      };
      await cycle();
      const before = await liveBuffers(backend);
      await cycle();
      const after = await liveBuffers(backend);
      if (after > before) throw new Error(`${before} buffers were live before a training run, ${after} after it.`);
    },
  },
];

/** Memory and the end of life. The live-buffer cases exist only where the backend can count its buffers. */
export function lifecycleCases(options: {
  readonly training: boolean;
  readonly counted: boolean;
}): readonly ConformanceCase[] {
  return [...always, ...(options.training && options.counted ? training : [])];
}
