import { concat, createRng, type Program, sizeOf, trace } from '@delira/core';
import { type Flavour, inputName, portableFlavour } from '@delira/onnx';
import { randomArray } from '@delira/testkit';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { CompiledProgram } from '../src/engine/CompiledProgram.js';
import { loadEngine } from '../src/engine/loadEngine.js';
import { VariableStore } from '../src/engine/VariableStore.js';

const shape = [64, 64, 64];

/** Operators that may write over an operand, and others, on values that are large enough for buffers of their own. */
const program = trace((recording) => {
  const x = recording.feed('x', { shape, dtype: 'float32' });
  const row = recording.feed('row', { shape: [64, 1], dtype: 'float32' });
  const activated = x.mul(row).relu();
  const turned = activated.transpose([2, 0, 1]).add(x);
  const joined = concat([turned.mul(activated), x], 0);
  return { turned, joined, mean: joined.sub(1).exp().mean([0]) };
});

/** A digest of each output. */
async function run(traced: Program, flavour: Flavour): Promise<Readonly<Record<string, string>>> {
  const settings = { providers: ['cpu'], threads: 1, spinning: false } as const;
  const compiled = await CompiledProgram.create(await loadEngine(), traced, flavour, settings);
  const values = Object.fromEntries(
    Object.entries(traced.feeds).map(([name, id]) => {
      const aval = traced.avals[id]!;
      const array = randomArray(aval, [-1, 1], createRng(sizeOf(aval.shape)));
      return [inputName.feed(name), { ...array, shape: [1, ...aval.shape] }];
    }),
  );
  const [sample] = await compiled.run(new VariableStore(new Map()), { steps: 1, values }, []);
  await compiled.dispose();
  const digestOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
    createHash('sha256')
      .update(new Uint8Array(buffer, byteOffset, byteLength))
      .digest('hex');
  return Object.fromEntries(Object.entries(sample!).map(([name, { data }]) => [name, digestOf(data)]));
}

it.each([
  ['as the engine rewrites it', {}],
  ['in the order of emission', { isOrdered: true }],
])('the engine takes a graph in which large results have buffers of their own, %s', async (_, order) => {
  const own: Flavour = {
    name: 'own',
    lower: (traced) => ({ ...portableFlavour.lower(traced), ...order, ownBuffers: true }),
  };
  expect(await run(program, own)).toEqual(await run(program, portableFlavour));
});
