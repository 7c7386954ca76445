import { bindAll, full, trace } from '@delira/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createOnnxBackend, type OnnxBackend } from '../src/index.js';

const created: OnnxBackend[] = [];
afterEach(async () => {
  for (const backend of created.splice(0)) await backend.dispose();
});

const shape = [1, 16, 40, 48, 40];
const values = 40 * 48 * 40;

/** A black or a white background: the same value everywhere, whose sum rounds to the same side again and again. */
describe.each(['portable', 'tuned'] as const)('sums of a constant volume (%s)', (flavour) => {
  it('keep their digits', async () => {
    const backend = await createOnnxBackend({ thread: 'inline', flavour });
    created.push(backend);
    const program = trace((recording) => {
      const x = recording.feed('x', { shape, dtype: 'float32' });
      const ones = recording.feed('ones', { shape: [16], dtype: 'float32' });
      const mean = bindAll('batchNorm', [x, ones, ones], { epsilon: 1e-5 })[1]!;
      return { mean, perChannel: x.sum([0, 2, 3, 4]), all: x.sum(), flat: x.reshape([16 * values]).sum() };
    });
    const executable = await backend.compile(program);
    const batch = { x: full(shape, 0.1), ones: full([16], 1) };
    const [outputs] = await executable.run(await backend.createState(new Map()), [{ batch }]);
    const exact = Math.fround(0.1);
    const error = (name: string, expected: number): number =>
      Math.max(...Array.from(outputs![name]!.data, (value) => Math.abs(value / expected - 1)));
    expect(error('mean', exact)).toBeLessThan(1.5e-6);
    expect(error('perChannel', values * exact)).toBeLessThan(1.5e-6);
    expect(error('all', 16 * values * exact)).toBeLessThan(1.5e-6);
    expect(error('flat', 16 * values * exact)).toBeLessThan(1.5e-6);
  });
});
