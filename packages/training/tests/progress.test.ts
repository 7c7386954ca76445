import { ConsoleHandler, Logger, ProgressBar } from '@delira/logging';
import { describe, expect, it } from 'vitest';
import { tinyLoaders, tinyTrainer } from './support/tinyTraining.js';

/** Lines written by a training, with rates and times left out. */
async function linesOf(lineEvery: number): Promise<string[]> {
  let text = '';
  const stream = { write: (more: string) => void (text += more) };
  let now = 0;
  const bar = new ProgressBar({ stream, lineEvery, now: () => (now += 1000) });
  const logger = new Logger({
    handlers: [new ConsoleHandler({ stream: bar, level: 'debug', filter: ({ kind }) => kind === 'text' })],
  });
  const trainer = tinyTrainer({ progress: bar, logger, stepsPerCall: 2 });
  await trainer.fit(tinyLoaders(), { epochs: 1, handleSignals: false });
  return text
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .replace(/about .*/, 'about M')
        .replaceAll(/\d+(\.\d+)? samples\/s/g, 'R samples/s')
        .replaceAll(/in \d\S*/g, 'in T')
        .replaceAll(/\d+:\d\d left/g, 'T left')
        .replaceAll(/(loss|accuracy) [\d.]+/g, '$1 V'),
    );
}

describe('a training with a progress bar', () => {
  it('shows the loss once, the metrics, the rate and the time left', async () => {
    const lines = await linesOf(1);
    expect(lines).toContain('Epoch 1/1   33%  8/24  loss V  accuracy V  R samples/s  T left');
    expect(lines).toContain('Epoch 1/1  100%  24/24  loss V  accuracy V  R samples/s  in T');
    expect(lines).toContain('Validation   38%  5/13  loss V  accuracy V  R samples/s  T left');
  });

  it('writes one line per epoch and validation where nobody watches, and says what is compiled', async () => {
    expect(await linesOf(Infinity)).toEqual([
      'TinyNetwork.train needs about M',
      'Compiled TinyNetwork.train for data:float32[4,4] label:int32[4] in T s.',
      'Epoch 1/1  100%  24/24  loss V  accuracy V  R samples/s  in T',
      'TinyNetwork.eval needs about M',
      'Compiled TinyNetwork.eval for data:float32[5,4] label:int32[5] in T s.',
      'TinyNetwork.eval needs about M',
      'Compiled TinyNetwork.eval for data:float32[3,4] label:int32[3] in T s.',
      'Validation  100%  13/13  loss V  accuracy V  R samples/s  in T',
    ]);
  });
});

describe('timings', () => {
  it('tell where the time went, adding up to the whole', async () => {
    const { timings } = await tinyTrainer().fit(tinyLoaders(), { epochs: 2, handleSignals: false });
    const { run, data, compile, validation, save, host, total, steps } = timings;
    expect(steps).toBe(12);
    for (const part of [run, compile, validation, host]) expect(part).toBeGreaterThan(0);
    expect(run + data + compile + validation + save + host).toBeCloseTo(total, 6);
  });
});
