import { type Feeds, full, type NDArray, ndarray, scalar, type StateStore } from '@delira/core';
import { expectClose, expectEqual } from '@delira/testkit';
import type { CaseContext, ConformanceCase } from '../ConformanceCase.js';
import { counterProgram, readerProgram } from '../support/counter.js';
import { expectRejection } from '../support/expectRejection.js';
import { trainingRun } from '../support/trainingRun.js';

const initial = (): ReadonlyMap<string, NDArray> =>
  new Map<string, NDArray>([
    ['total', ndarray([0, 1, 2, 3, 4, 5], [2, 3])],
    ['count', scalar(7, 'int32')],
  ]);

const feeds = (value: number, scale = 1): Feeds => ({ batch: { x: full([2, 3], value) }, hyper: { scale } });

async function withState<R>({ backend }: CaseContext, body: (state: StateStore) => Promise<R>): Promise<R> {
  const state = await backend.createState(initial());
  try {
    return await body(state);
  } finally {
    await state.dispose();
  }
}

const numbers = async (state: StateStore, name: string): Promise<readonly number[]> =>
  Array.from((await state.read([name])).get(name)!.data);

async function expectState(state: StateStore, total: readonly number[], count: number): Promise<void> {
  expectClose(await numbers(state, 'total'), total, {}, 'total');
  expectClose(await numbers(state, 'count'), [count], {}, 'count');
}

const plain = (id: string, run: (context: CaseContext) => Promise<void>): ConformanceCase => ({
  id: `state/${id}`,
  run,
});

const readOnly: readonly ConformanceCase[] = [
  plain('read-gives-what-was-written', (context) =>
    withState(context, async (state) => {
      await expectState(state, [0, 1, 2, 3, 4, 5], 7);
      await state.write(new Map([['total', full([2, 3], 9)]]));
      await expectState(state, [9, 9, 9, 9, 9, 9], 7);
      if ((await state.read(['count'])).size !== 1) throw new Error('read(names) gives these names only.');
    }),
  ),
  plain('read-gives-copies', (context) =>
    withState(context, async (state) => {
      const held = await state.read();
      held.get('total')!.data.fill(100);
      await expectState(state, [0, 1, 2, 3, 4, 5], 7);
    }),
  ),
  plain('write-takes-copies', (context) =>
    withState(context, async (state) => {
      const array = full([2, 3], 9);
      await state.write(new Map([['total', array]]));
      array.data.fill(100);
      await expectState(state, [9, 9, 9, 9, 9, 9], 7);
    }),
  ),
  plain('unknown-names-are-refused', (context) =>
    withState(context, async (state) => {
      await expectRejection(() => state.read(['totl']), 'NOT_FOUND', ['totl', 'total']);
      await expectRejection(() => state.write(new Map([['totl', full([2, 3], 9)]])), 'NOT_FOUND', ['totl']);
    }),
  ),
  plain('write-is-all-or-none', (context) =>
    withState(context, async (state) => {
      const wrongShape = new Map<string, NDArray>([
        ['total', full([2, 3], 9)],
        ['count', full([2], 9, 'int32')],
      ]);
      await expectRejection(() => state.write(wrongShape), 'SHAPE', ['count']);
      const wrongDType = new Map<string, NDArray>([
        ['total', full([2, 3], 9)],
        ['count', scalar(9)],
      ]);
      await expectRejection(() => state.write(wrongDType), 'DTYPE', ['count']);
      await expectState(state, [0, 1, 2, 3, 4, 5], 7);
    }),
  ),
  plain('write-converts-between-floating-dtypes', (context) =>
    withState(context, async (state) => {
      await state.write(new Map([['total', ndarray([1, 2, 3, 4, 5, 0.5], [2, 3], 'float64')]]));
      await expectState(state, [1, 2, 3, 4, 5, 0.5], 7);
      await expectRejection(() => state.write(new Map([['total', full([2, 3], 9, 'int32')]])), 'DTYPE', ['total']);
      await expectState(state, [1, 2, 3, 4, 5, 0.5], 7);
    }),
  ),
  plain('a-program-reads-the-current-state', (context) =>
    withState(context, async (state) => {
      const reader = await context.backend.compile(readerProgram());
      await state.write(new Map([['total', full([2, 3], 2)]]));
      const [outputs] = await reader.run(state, [{}]);
      expectClose(outputs!['sum']!, 12);
      expectClose(outputs!['count']!, 7);
      await reader.dispose();
    }),
  ),
  plain('a-missing-entry-is-refused', async ({ backend }) => {
    const state = await backend.createState(new Map([['total', full([2, 3], 1)]]));
    const reader = await backend.compile(readerProgram());
    await expectRejection(() => reader.run(state, [{}]), 'NOT_FOUND', ['count']);
    await Promise.all([reader.dispose(), state.dispose()]);
  }),
  plain('an-entry-of-another-shape-is-refused', async ({ backend }) => {
    const entries = new Map<string, NDArray>([...initial(), ['total', full([3, 2], 1)]]);
    const state = await backend.createState(entries);
    const reader = await backend.compile(readerProgram());
    await expectRejection(() => reader.run(state, [{}]), 'SHAPE', ['total']);
    await Promise.all([reader.dispose(), state.dispose()]);
  }),
];

const writing: readonly ConformanceCase[] = [
  plain('read-after-assign', (context) =>
    withState(context, async (state) => {
      const counter = await context.backend.compile(counterProgram());
      const [outputs] = await counter.run(state, [feeds(10, 0.5)]);
      expectClose(outputs!['before']!, [0, 1, 2, 3, 4, 5], {}, 'before');
      expectClose(outputs!['after']!, [5, 6, 7, 8, 9, 10], {}, 'after');
      expectClose(outputs!['count']!, 8, {}, 'count');
      await expectState(state, [5, 6, 7, 8, 9, 10], 8);
      await counter.dispose();
    }),
  ),
  plain('outputs-are-copies', (context) =>
    withState(context, async (state) => {
      const counter = await context.backend.compile(counterProgram());
      const [outputs] = await counter.run(state, [feeds(10)]);
      outputs!['after']!.data.fill(100);
      await expectState(state, [10, 11, 12, 13, 14, 15], 8);
      await counter.run(state, [feeds(0)]);
      expectClose(outputs!['after']!, [100, 100, 100, 100, 100, 100]);
      await counter.dispose();
    }),
  ),
  plain('no-write-on-failure', (context) =>
    withState(context, async (state) => {
      const counter = await context.backend.compile(counterProgram());
      await expectRejection(() => counter.run(state, [feeds(1), { hyper: { scale: 1 } }]), 'INPUT', ['x']);
      await expectState(state, [0, 1, 2, 3, 4, 5], 7);
      await counter.run(state, [feeds(1)]);
      await expectState(state, [1, 2, 3, 4, 5, 6], 8);
      await counter.dispose();
    }),
  ),
  plain('no-write-when-an-output-is-not-finite', (context) =>
    withState(context, async (state) => {
      const counter = await context.backend.compile(counterProgram());
      for (const value of [NaN, Infinity]) {
        const error = await expectRejection(
          () => counter.run(state, [feeds(1), feeds(value), feeds(1)], { finite: ['count', 'after'] }),
          'NON_FINITE_OUTPUT',
          ['after'],
        );
        const { output, step } = error as Error & { readonly output?: string; readonly step?: number };
        if (output !== 'after' || step !== 1)
          throw new Error(`The error blames "${output}" of step ${step}, not "after" of step 1.`);
        await expectState(state, [0, 1, 2, 3, 4, 5], 7);
      }
      await counter.run(state, [feeds(1)], { finite: ['after'] });
      await expectState(state, [1, 2, 3, 4, 5, 6], 8);
      await counter.run(state, [feeds(NaN)]);
      await expectState(state, [NaN, NaN, NaN, NaN, NaN, NaN], 9);
      await counter.dispose();
    }),
  ),
  plain('two-programs-share-a-store', (context) =>
    withState(context, async (state) => {
      const [counter, reader] = await Promise.all([
        context.backend.compile(counterProgram()),
        context.backend.compile(readerProgram()),
      ]);
      await counter.run(state, [feeds(1)]);
      const [first] = await reader.run(state, [{}]);
      await counter.run(state, [feeds(1)]);
      const [second] = await reader.run(state, [{}]);
      expectClose([first!['sum']!.data[0]!, second!['sum']!.data[0]!], [21, 27]);
      await Promise.all([counter.dispose(), reader.dispose()]);
    }),
  ),
  plain('two-stores-are-independent', (context) =>
    withState(context, (one) =>
      withState(context, async (two) => {
        const counter = await context.backend.compile(counterProgram());
        await counter.run(one, [feeds(1)]);
        await expectState(two, [0, 1, 2, 3, 4, 5], 7);
        await counter.run(two, [feeds(2)]);
        await expectState(one, [1, 2, 3, 4, 5, 6], 8);
        await expectState(two, [2, 3, 4, 5, 6, 7], 8);
        await counter.dispose();
      }),
    ),
  ),
  plain('concurrent-runs-queue', (context) =>
    withState(context, async (state) => {
      const counter = await context.backend.compile(counterProgram());
      const runs = [1, 10, 100].map((value) => counter.run(state, [feeds(value)]));
      const written = state.write(new Map([['total', full([2, 3], 0)]]));
      const last = counter.run(state, [feeds(5)]);
      const results = await Promise.all(runs);
      await written;
      expectClose(
        results.map(([outputs]) => outputs!['after']!.data[0]!),
        [1, 11, 111],
      );
      expectClose((await last)[0]!['after']!, [5, 5, 5, 5, 5, 5]);
      await expectState(state, [5, 5, 5, 5, 5, 5], 11);
      await counter.dispose();
    }),
  ),
  plain('save-load-gives-the-identical-next-step', async ({ backend }) => {
    await disposing(await trainingRun(backend), async (original) => {
      await original.train([0, 1]);
      const saved = await original.state.read();
      const restored = await trainingRun(backend, { initial: saved });
      try {
        const [expected, actual] = [await original.train([2]), await restored.train([2])];
        expectEqual(actual[0]!['loss']!, expected[0]!['loss']!, 'loss');
        const after = await restored.state.read();
        for (const [name, array] of await original.state.read()) expectEqual(after.get(name)!, array, name);
      } finally {
        await restored.dispose();
      }
    });
  }),
];

async function disposing<T extends { dispose(): Promise<void> }>(
  thing: T,
  body: (thing: T) => Promise<void>,
): Promise<void> {
  try {
    await body(thing);
  } finally {
    await thing.dispose();
  }
}

/** What a StateStore promises. */
export function stateCases(training: boolean): readonly ConformanceCase[] {
  return training ? [...readOnly, ...writing] : readOnly;
}
