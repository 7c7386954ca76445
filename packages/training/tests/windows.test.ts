import { createReferenceBackend } from '@delira/backend-reference';
import { type Backend, ndarray, Network, type Tensor } from '@delira/core';
import { CacheDataset, DataLoader } from '@delira/data-loading';
import { dice, type Metric } from '@delira/metrics';
import { Conv2d, crossEntropyLoss } from '@delira/nn';
import { sgd } from '@delira/optim';
import { describe, expect, it } from 'vitest';
import { EarlyStopping, Trainer, type TrainerOptions } from '../src/index.js';

/** Judges every pixel by itself. */
class Pixels extends Network {
  static readonly type: string = 'Pixels';
  readonly config = {};
  readonly inputs = {
    data: { shape: [1, null, null], dtype: 'float32' },
    label: { shape: [null, null], dtype: 'int32', range: [0, 1] },
  } as const;
  readonly conv = new Conv2d(1, 2, { kernel: 1 });

  override predict({ data }: { readonly data: Tensor }): { readonly pred: Tensor } {
    return { pred: this.conv.forward(data) };
  }
}

/** Two images of different sizes, neither of which is a window's. */
const dataset = new CacheDataset(
  [
    [5, 6],
    [7, 3],
  ].map(([height, width]) => {
    const values = Float32Array.from({ length: height! * width! }, (_, i) => ((7 * i) % 11) - 5);
    const labels = Int32Array.from(values, (value, i) => (value + (i % 3) > 0 ? 1 : 0));
    return { data: ndarray(values, [1, height!, width!]), label: ndarray(labels, [height!, width!], 'int32') };
  }),
);
const loader = new DataLoader({ dataset, batchSize: 1 });
const size = [4, 4];
const classes = ['no', 'yes'];

/** A backend, and which Programs it compiled for which images. */
function watched(): { readonly backend: Backend; readonly compiled: readonly string[] } {
  const inner = createReferenceBackend();
  const compiled: string[] = [];
  const backend: Backend = {
    name: inner.name,
    capabilities: inner.capabilities,
    createState: (initial) => inner.createState(initial),
    dispose: () => inner.dispose(),
    compile: (program) => {
      compiled.push(`${program.name} [${program.avals[program.feeds['data']!]!.shape.join()}]`);
      return inner.compile(program);
    },
  };
  return { backend, compiled };
}

type Options = Partial<TrainerOptions<{ data: Tensor; label: Tensor }, { pred: Tensor }>>;

const create = (options: Options = {}) =>
  new Trainer({
    network: new Pixels(),
    backend: createReferenceBackend(),
    optimizers: { default: sgd({ lr: 0.01 }) },
    losses: { crossEntropy: crossEntropyLoss() },
    metrics: [dice({ classes })],
    progress: false,
    seed: 2,
    ...options,
  });

describe('an evaluation window by window', () => {
  it('comes to the same where pixels do not see each other, and predicts nothing but windows', async () => {
    const { backend, compiled } = watched();
    const whole = await create().evaluate(loader);
    const trainer = create({ backend, windows: { evaluation: { size, overlap: 0.5, mirrorAxes: [1] } } });
    const parts = await trainer.evaluate(loader);
    expect(parts).toEqual({ dice: whole['dice'] });
    expect(whole['dice']).toBeGreaterThan(0.1);
    expect(whole['dice']).toBeLessThan(1);
    expect(compiled).toEqual(['Pixels.predict [1,1,4,4]']);
    const { again } = await trainer.accumulate(loader, { again: dice({ classes }) });
    expect(again).toBe(whole['dice']);
  });

  it('gives metrics the logarithms of probabilities', async () => {
    const sums: number[] = [];
    const sum: Metric<null> = {
      name: 'sum',
      better: 'lower',
      needs: ['pred'],
      init: () => null,
      update: (state, { pred }) => {
        const { data, shape } = pred!;
        const voxels = shape[2]! * shape[3]!;
        for (let i = 0; i < voxels; i++) sums.push(Math.exp(data[i]!) + Math.exp(data[voxels + i]!));
        return state;
      },
      result: () => 0,
    };
    await create({ metrics: [sum], windows: { evaluation: { size } } }).evaluate(loader);
    expect(sums).toHaveLength(51);
    for (const each of sums) expect(each).toBeCloseTo(1, 5);
  });

  it('selects the best state of a training, in which there is no loss of the validation set then', async () => {
    const { backend, compiled } = watched();
    const trainer = create({ backend, windows: { validation: { size } } });
    const { history } = await trainer.fit({ train: loader, val: loader }, { epochs: 1, handleSignals: false });
    expect(Object.keys(history[0]!)).toEqual(['loss', 'dice', 'val_dice']);
    expect(compiled).toContain('Pixels.predict [1,1,4,4]');
    expect(Object.keys(await trainer.evaluate(loader))).toContain('loss');

    const stopping = create({
      windows: { validation: { size } },
      callbacks: [new EarlyStopping({ monitor: 'val_loss', patience: 1 })],
    });
    await expect(
      stopping.fit({ train: loader, val: loader }, { epochs: 1, handleSignals: false }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('There is: loss, dice, val_dice.'),
    });
  });

  it('refuses what windows do not give', () => {
    const windows = { evaluation: { size } };
    expect(() => create({ windows, metrics: [] })).toThrow(
      'windows.evaluation was given, but no metric: window by window there are no losses.',
    );
    expect(() => create({ windows, metrics: [dice({ classes, prediction: 'aux' })] })).toThrow(
      '"dice" needs the output "aux", but window by window only "pred" is predicted.',
    );
  });
});
