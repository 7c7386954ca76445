import { full, type Node, noise, type Program, type StateStore, trace } from '@delira/core';
import type { ConformanceCase } from '../ConformanceCase.js';
import { expectRejection } from '../support/expectRejection.js';

/** y = scale · data + z, in the scope `encoder.block`. */
function program(): Program {
  return trace(
    (recording) =>
      recording.inScope('encoder.block', () => {
        const x = recording.feed('data', { shape: [2, 3], dtype: 'float32' });
        return { y: x.mul(recording.hyper('scale')).add(noise.normal('z', [2, 3])) };
      }),
    { name: 'affine' },
  );
}

const good = { batch: { data: full([2, 3], 1) }, hyper: { scale: 2 }, seed: [0, 0] } as const;

function refusedRun(id: string, feeds: object, words: readonly string[]): ConformanceCase {
  return {
    id: `errors/${id}`,
    async run({ backend }) {
      const executable = await backend.compile(program());
      const state = await backend.createState(new Map());
      await executable.run(state, [good]);
      await expectRejection(() => executable.run(state, [{ ...good, ...feeds }]), 'INPUT', words);
      await executable.run(state, [good]);
      await Promise.all([executable.dispose(), state.dispose()]);
    },
  };
}

/** A primitive from a future version of core. */
function unknownPrimitive(): Program {
  const valid = program();
  const nodes = valid.nodes.map((node): Node => {
    return node.prim === 'mul' ? ({ ...node, prim: 'fractalSum', attrs: { depth: 3 } } as unknown as Node) : node;
  });
  return { ...valid, nodes };
}

function usesUndefinedValue(): Program {
  const valid = program();
  return { ...valid, nodes: [...valid.nodes].reverse() };
}

const refusedCompile = (id: string, make: () => Program, code: string, words: readonly string[]): ConformanceCase => ({
  id: `errors/${id}`,
  async run({ backend }) {
    await expectRejection(() => backend.compile(make()), code, words);
  },
});

const foreign: StateStore = {
  read: () => Promise.resolve(new Map()),
  write: () => Promise.resolve(),
  dispose: () => Promise.resolve(),
};

/** What is wrong is refused early, by a typed error that names it; and a refused run harms nothing. */
export function errorCases(): readonly ConformanceCase[] {
  return [
    refusedRun('wrong-shape', { batch: { data: full([4, 3], 1) } }, ['data', '[4, 3]', '[2, 3]', 'affine']),
    refusedRun('wrong-dtype', { batch: { data: full([2, 3], 1, 'int32') } }, ['data', 'int32', 'float32']),
    refusedRun('missing-entry', { batch: { date: full([2, 3], 1) } }, ['data', 'date']),
    refusedRun('missing-hyper', { hyper: {} }, ['scale']),
    refusedRun('missing-seed', { seed: undefined }, ['seed', 'z']),
    refusedCompile('unknown-primitive', unknownPrimitive, 'UNSUPPORTED', ['fractalSum', 'depth', 'encoder.block']),
    refusedCompile('invalid-program', usesUndefinedValue, 'PROGRAM', ['affine', 'before it is defined']),
    {
      id: 'errors/state-of-another-backend',
      async run({ backend }) {
        const executable = await backend.compile(program());
        await expectRejection(() => executable.run(foreign, [good]), 'ARGUMENT', ['state', 'createState']);
        await executable.dispose();
      },
    },
  ];
}
