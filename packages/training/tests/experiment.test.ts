import { type Dataset, DataLoader, Subset } from '@delira/data-loading';
import { accuracy } from '@delira/metrics';
import { crossEntropyLoss } from '@delira/nn';
import { adam } from '@delira/optim';
import { Parameters } from '@delira/parameters';
import { RandomSampler } from '@delira/samplers';
import { temporaryFolder } from '@delira/testkit/vitest';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Experiment, type ExperimentOptions, holdsTraining, readManifest, type Role } from '../src/index.js';
import { type B, type P, TinyNetwork, tinyDataset } from './support/tinyTraining.js';
import { type WatchedBackend, watchedBackend } from './support/watchedBackend.js';

const params = new Parameters({
  fixed: { model: { hidden: 6 }, training: { epochs: 2, lr: 0.05 } },
  variable: { training: { batchSize: 4 } },
});

interface Asked {
  readonly role: Role;
  readonly fold: number | null;
  readonly dataset: Dataset;
}

interface Tiny {
  readonly experiment: Experiment<B, P>;
  readonly options: ExperimentOptions<B, P>;
  readonly backend: WatchedBackend;
  /** What loaders were asked for, in order. */
  readonly asked: Asked[];
}

/** All that a folder does not hold. */
function tinyOptions(): Pick<ExperimentOptions<B, P>, 'build' | 'loader' | 'backend'> {
  const { build, loader, backend } = tinyExperiment('unused').options;
  return { build, loader, backend };
}

function tinyExperiment(savePath: string, options: Partial<ExperimentOptions<B, P>> = {}): Tiny {
  const asked: Asked[] = [];
  const backend = watchedBackend();
  const given: ExperimentOptions<B, P> = {
    name: 'tiny',
    params,
    savePath,
    backend,
    build: (given) => ({
      network: new TinyNetwork({ hidden: given.get('model.hidden') as number }),
      optimizers: { default: adam({ lr: given.get('training.lr') as number }) },
      losses: { crossEntropy: crossEntropyLoss() },
      metrics: [accuracy()],
      progress: false,
      stepsPerCall: 1,
    }),
    loader: (dataset, { role, fold, params: given, seed }) => {
      asked.push({ role, fold, dataset });
      const batchSize = given.get('training.batchSize') as number;
      return role === 'train'
        ? new DataLoader({ dataset, batchSize, sampler: new RandomSampler(dataset, { seed }) })
        : new DataLoader({ dataset, batchSize: 3 });
    },
    ...options,
  };
  return { experiment: new Experiment(given), options: given, backend, asked };
}

const json = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));

describe('a run', () => {
  it('trains in a folder of its own, and says there what it was', async () => {
    const folder = temporaryFolder();
    const { experiment } = tinyExperiment(folder, { seed: 4 });
    expect(await experiment.isStarted()).toBe(false);
    const result = await experiment.run({ train: tinyDataset(12, 1), val: tinyDataset(6, 2) });
    expect(result).toMatchObject({ kind: 'run', folder: join(folder, 'tiny', 'run'), step: 6, finished: true });
    expect(await experiment.isStarted()).toBe(true);
    expect(readdirSync(join(folder, 'tiny')).sort()).toEqual(['manifest.json', 'parameters.yaml', 'run']);
    expect(readdirSync(join(folder, 'tiny', 'run')).sort()).toEqual([
      'best.safetensors',
      'epochs.csv',
      'history.jsonl',
      'last.safetensors',
    ]);

    const manifest = await readManifest(join(folder, 'tiny'));
    expect(manifest).toMatchObject({
      name: 'tiny',
      seed: 4,
      epochs: 2,
      task: { kind: 'run' },
      parameters: params.tree,
    });
    const { environment } = manifest.sessions[0]!;
    expect(environment.engine).toEqual({ name: 'reference', info: null });
    expect(environment.node).toBe(process.versions.node);
    expect(Object.keys(environment.packages)).toEqual(
      expect.arrayContaining(['@delira/backend-reference', '@delira/core', '@delira/training']),
    );
    expect(environment.git?.commit).toMatch(/^[0-9a-f]{40}$/);
    const yaml = readFileSync(join(folder, 'tiny', 'parameters.yaml'), 'utf8');
    expect(Parameters.parse(yaml).tree).toEqual(params.tree);
  });
});

describe('a cross-validation', () => {
  it('tests every sample once, and selects on others', async () => {
    const folder = temporaryFolder();
    const { experiment, asked, backend } = tinyExperiment(folder);
    const dataset = tinyDataset(20, 1);
    const result = await experiment.kfold(dataset, { folds: 3 });
    expect(result).toMatchObject({ kind: 'kfold', finished: true, stopped: null, signal: null });
    expect(asked.map(({ role, fold }) => `${role} ${fold}`)).toEqual(
      [0, 1, 2].flatMap((fold) => [`train ${fold}`, `val ${fold}`, `test ${fold}`]),
    );
    expect(result.folds.map(({ samples }) => samples)).toEqual([
      { train: 10, val: 3, test: 7 },
      { train: 10, val: 3, test: 7 },
      { train: 11, val: 3, test: 6 },
    ]);
    const indices = (fold: number): readonly (readonly number[])[] =>
      asked.filter((each) => each.fold === fold).map((each) => (each.dataset as Subset).indices);
    for (const fold of [0, 1, 2])
      expect(
        indices(fold)
          .flat()
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect([0, 1, 2].flatMap((fold) => indices(fold)[2]!)).toEqual(Array.from({ length: 20 }, (_, index) => index));

    // The same Programs for all folds: training, and evaluation for batches of 3 and the odd last ones (of 1).
    expect(backend.compiled).toEqual(['TinyNetwork.train', 'TinyNetwork.eval', 'TinyNetwork.eval']);
    const values = result.folds.map(({ test }) => test['accuracy']!);
    const mean = (values[0]! + values[1]! + values[2]!) / 3;
    expect(result.summary['accuracy']!.mean).toBeCloseTo(mean, 12);
    expect(result.table.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      'fold',
      '0',
      '1',
      '2',
      'mean',
      'standard deviation',
    ]);
    expect(readFileSync(join(folder, 'tiny', 'results.txt'), 'utf8')).toBe(`${result.table}\n`);
    expect(json(folder, 'tiny', 'results.json')).toEqual({ folds: result.folds, summary: result.summary });
  });

  it('tests with the state that was best on the validation set', async () => {
    const folder = temporaryFolder();
    const { experiment } = tinyExperiment(folder, { epochs: 4 });
    const dataset = tinyDataset(30, 3);
    const { folds } = await experiment.kfold(dataset, { folds: 2, shuffle: true });
    for (const { fold, selected, test, checkpoint } of folds) {
      expect(checkpoint).toBe('best.safetensors');
      const trainer = await experiment.trainer({ fold });
      expect(trainer.position.best).toBe(selected['val_accuracy']);
      expect(trainer.position.history.at(-1)).toEqual(selected);
      const split = (json(folder, 'tiny', 'splits.json') as readonly { test: number[] }[])[fold]!;
      const loader = new DataLoader({ dataset: new Subset(dataset, split.test), batchSize: 3 });
      expect(await trainer.evaluate(loader)).toEqual(test);
      await trainer.dispose();
    }
  });

  it('without a validation set tests the last state', async () => {
    const { experiment } = tinyExperiment(temporaryFolder());
    const { folds } = await experiment.kfold(tinyDataset(8, 1), { folds: 2, valSize: 0 });
    expect(folds.map(({ samples, checkpoint }) => ({ samples, checkpoint }))).toEqual([
      { samples: { train: 4, val: 0, test: 4 }, checkpoint: 'last.safetensors' },
      { samples: { train: 4, val: 0, test: 4 }, checkpoint: 'last.safetensors' },
    ]);
  });

  it('stratified keeps the share of every class, and predicts every sample once', async () => {
    const folder = temporaryFolder();
    const { experiment } = tinyExperiment(folder);
    const tiny = tinyDataset(24, 1);
    // Three classes of 12, 8 and 4 samples, sorted: unstratified folds would each lack one.
    const targets = Array.from({ length: 24 }, (_, index) => (index < 12 ? 0 : index < 20 ? 1 : 2));
    const dataset: Dataset = { length: 24, targets, get: (index) => tiny.get(index) };
    const result = await experiment.stratifiedKfoldPredict(dataset, { folds: 4, valSize: 6 });
    const splits = json(folder, 'tiny', 'splits.json') as readonly Record<Role, number[]>[];
    const counts = (indices: readonly number[]): readonly number[] =>
      [0, 1, 2].map((target) => indices.filter((index) => targets[index] === target).length);
    for (const { train, val, test } of splits)
      expect([counts(train), counts(val), counts(test)]).toEqual([
        [6, 4, 2],
        [3, 2, 1],
        [3, 2, 1],
      ]);
    const seen: number[] = [];
    for await (const { fold, index, output } of result.predictions()) {
      expect(splits[fold]!.test).toContain(index);
      expect(Object.keys(output)).toEqual(['pred']);
      expect(output['pred']!.shape).toEqual([3]);
      seen.push(index);
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, index) => index));

    const trainer = await experiment.trainer({ fold: 1 });
    const given: unknown[] = [];
    const loader = new DataLoader({ dataset: new Subset(dataset, splits[1]!.test), batchSize: 3 });
    await trainer.evaluate(loader, {
      outputs: ['pred'],
      onBatch: ({ output }) => void given.push(...output['pred']!.data),
    });
    await trainer.dispose();
    const stored: unknown[] = [];
    for await (const { fold, output } of result.predictions()) if (fold === 1) stored.push(...output['pred']!.data);
    expect(stored).toEqual(given);
  });

  it('interrupted in a fold goes on there, and ends in the same bits', async () => {
    const [whole, broken] = [temporaryFolder(), temporaryFolder()];
    const dataset = tinyDataset(20, 1);
    const expected = await tinyExperiment(whole).experiment.kfold(dataset, { folds: 3 });

    const interrupted = tinyExperiment(broken);
    // The machine fails in the fourth step of the second fold.
    let steps = 0;
    const failing = tinyExperiment(broken, {
      backend: watchedBackend(() => {
        if (++steps === 8) throw new Error('out of order');
      }),
    });
    await expect(failing.experiment.kfold(dataset, { folds: 3 })).rejects.toThrow('out of order');
    expect(existsSync(join(broken, 'tiny', 'fold-0', 'result.json'))).toBe(true);
    expect(existsSync(join(broken, 'tiny', 'fold-1', 'result.json'))).toBe(false);

    const result = await interrupted.experiment.resume(dataset);
    expect({ ...result, predictions: null, folder: null }).toEqual({ ...expected, predictions: null, folder: null });
    expect(interrupted.asked.map(({ fold }) => fold)).toEqual([1, 1, 1, 2, 2, 2]);
    for (const fold of ['fold-0', 'fold-1', 'fold-2'])
      for (const name of ['last.safetensors', 'best.safetensors', 'epochs.csv', 'history.jsonl', 'result.json'])
        expect(readFileSync(join(broken, 'tiny', fold, name)), `${fold}/${name}`).toEqual(
          readFileSync(join(whole, 'tiny', fold, name)),
        );
    expect((await readManifest(join(broken, 'tiny'))).sessions).toHaveLength(2);
    // Nothing is left to do: the results are told again, and nothing is trained.
    const again = tinyExperiment(broken);
    expect((await again.experiment.resume(dataset)).folds).toEqual(expected.folds);
    expect(again.asked).toEqual([]);
  });

  it('stopped by a callback says so, and a fold that stops early does not end it', async () => {
    const folder = temporaryFolder();
    const stopping = (finished: boolean): Partial<ExperimentOptions<B, P>> => ({
      build: (_, fold) => ({
        network: new TinyNetwork(),
        optimizers: { default: adam() },
        losses: { crossEntropy: crossEntropyLoss() },
        progress: false,
        callbacks: fold === 1 ? [{ onEpochEnd: (run) => run.stop('enough', { finished }) }] : [],
      }),
    });
    const dataset = tinyDataset(20, 1);
    const stopped = await tinyExperiment(folder, stopping(false)).experiment.kfold(dataset, { folds: 3 });
    expect(stopped).toMatchObject({ finished: false, stopped: 'enough', signal: null });
    expect(stopped.folds.map(({ fold }) => fold)).toEqual([0]);
    const early = await tinyExperiment(temporaryFolder(), stopping(true)).experiment.kfold(dataset, { folds: 3 });
    expect(early).toMatchObject({ finished: true, stopped: null });
    expect(early.folds.map(({ epochs }) => epochs)).toEqual([2, 1, 2]);
  });

  it('interrupted by Ctrl-C stops saved, and resumes', async () => {
    const folder = temporaryFolder();
    const { options } = tinyExperiment(folder);
    const dataset = tinyDataset(20, 1);
    const interrupted = new Experiment<B, P>({
      ...options,
      build: async (given, fold) => ({
        ...(await options.build(given, fold)),
        callbacks: fold === 1 ? [{ onEpochEnd: () => void process.emit('SIGINT', 'SIGINT') }] : [],
      }),
    });
    expect(await interrupted.kfold(dataset, { folds: 2 })).toMatchObject({
      finished: false,
      signal: 'SIGINT',
      stopped: 'received SIGINT',
      folds: [{ fold: 0 }],
    });
    const expected = await tinyExperiment(temporaryFolder()).experiment.kfold(dataset, { folds: 2 });
    expect((await tinyExperiment(folder).experiment.resume(dataset)).folds).toEqual(expected.folds);
  });

  it('refuses what cannot be split, before anything is trained', async () => {
    const folder = temporaryFolder();
    const { experiment } = tinyExperiment(folder);
    const dataset = tinyDataset(6, 1);
    await expect(experiment.kfold(dataset, { folds: 7 })).rejects.toThrow(
      '6 samples cannot be split into 7 folds. Use a number from 2 to 6.',
    );
    const unlabelled: Dataset = { length: 6, get: (index) => dataset.get(index) };
    await expect(experiment.stratifiedKfold(unlabelled, { folds: 2 })).rejects.toThrow(/need dataset\.targets/);
    await expect(experiment.kfold(dataset, { valSize: -1 })).rejects.toThrow(/^valSize is -1/);
    expect(existsSync(join(folder, 'tiny', 'fold-0'))).toBe(false);
    // Nothing was begun, so it can be begun rightly.
    expect(await experiment.isStarted()).toBe(false);
  });
});

describe('an experiment', () => {
  const data = { train: tinyDataset(12, 1), val: tinyDataset(6, 2) };

  it('is never overwritten', async () => {
    const folder = temporaryFolder();
    await tinyExperiment(folder).experiment.run(data);
    const { experiment } = tinyExperiment(folder);
    await expect(experiment.run(data)).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      problem: 'occupied',
      message: `${join(folder, 'tiny')} holds a run already. Go on with it by resume(), or give the experiment another name.`,
    });
    await expect(experiment.kfold(tinyDataset(12, 1))).rejects.toMatchObject({ problem: 'occupied' });
  });

  it('in which nothing was trained is begun anew', async () => {
    const folder = temporaryFolder();
    const build = tinyExperiment(folder).options.build;
    const mistaken = tinyExperiment(folder, {
      build: async (...given) => ({ ...(await build(...given)), monitor: { name: 'val_acuracy', better: 'higher' } }),
    }).experiment;
    await expect(mistaken.run(data)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(mistaken.kfold(tinyDataset(12, 1), { folds: 2 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { experiment } = tinyExperiment(folder);
    expect(await holdsTraining(experiment.folder)).toBe(false);
    expect(await experiment.kfold(tinyDataset(12, 1), { folds: 3 })).toMatchObject({ finished: true });
    expect(await holdsTraining(experiment.folder)).toBe(true);
    await expect(experiment.run(data)).rejects.toMatchObject({ problem: 'occupied' });
  });

  it('keeps a second one out of its folder', async () => {
    const folder = temporaryFolder();
    const [first, second] = await Promise.allSettled([
      tinyExperiment(folder).experiment.run(data),
      tinyExperiment(folder).experiment.run(data),
    ]);
    const refused = [first, second].filter(({ status }) => status === 'rejected');
    expect(refused).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'RUN_FOLDER', problem: 'locked' }) as Error },
    ]);
  });

  it('is loaded from its folder, and trained longer', async () => {
    const [folder, whole] = [temporaryFolder(), temporaryFolder()];
    await tinyExperiment(folder, { seed: 3 }).experiment.run(data);
    const loaded = await Experiment.load(join(folder, 'tiny'), tinyOptions());
    expect(loaded).toMatchObject({ name: 'tiny', folder: join(folder, 'tiny'), seed: 3, epochs: 2 });
    const longer = await loaded.resume(data, { epochs: 4 });
    const expected = await tinyExperiment(whole, { seed: 3, epochs: 4 }).experiment.run(data);
    expect(longer.history).toEqual(expected.history);
    expect(readFileSync(join(folder, 'tiny', 'run', 'last.safetensors'))).toEqual(
      readFileSync(join(whole, 'tiny', 'run', 'last.safetensors')),
    );
    expect((await readManifest(join(folder, 'tiny'))).epochs).toBe(4);
  });

  it('tests its best state, or another, and leaves the history as it is', async () => {
    const folder = temporaryFolder();
    const { experiment } = tinyExperiment(folder, { epochs: 3 });
    const { history } = await experiment.run(data);
    const before = readFileSync(join(folder, 'tiny', 'run', 'epochs.csv'));
    const scores = history.map((values) => values['val_accuracy']!);
    const values = await experiment.test(data.val);
    expect(values['accuracy']).toBe(Math.max(...scores));
    expect(json(folder, 'tiny', 'run', 'test.json')).toEqual({ checkpoint: 'best.safetensors', samples: 6, values });
    expect((await experiment.test(data.val, { checkpoint: 'last' }))['accuracy']).toBe(scores.at(-1));
    expect(readFileSync(join(folder, 'tiny', 'run', 'epochs.csv'))).toEqual(before);
    await expect(experiment.test(data.val, { fold: 1 })).rejects.toMatchObject({ problem: 'missing' });
  });

  it('can be saved before it is begun', async () => {
    const folder = temporaryFolder();
    const { experiment } = tinyExperiment(folder);
    await experiment.save();
    expect(await experiment.isStarted()).toBe(false);
    await expect(experiment.resume(data)).rejects.toMatchObject({ problem: 'missing' });
    expect((await experiment.run(data)).finished).toBe(true);
  });

  it('refuses to go on with other parameters, another seed or other data', async () => {
    const folder = temporaryFolder();
    await tinyExperiment(folder).experiment.kfold(tinyDataset(12, 1), { folds: 2 });
    const other = tinyExperiment(folder, { params: params.with({ 'training.lr': 0.1 }), seed: 1 }).experiment;
    await expect(other.resume(tinyDataset(12, 1))).rejects.toMatchObject({
      problem: 'different',
      message: expect.stringContaining('seed: 0 before, 1 now; training.lr: 0.05 before, 0.1 now.') as string,
    });
    const { experiment } = tinyExperiment(folder);
    await expect(experiment.resume(tinyDataset(13, 1))).rejects.toThrow(/begun with 12 samples; this dataset has 13/);
    await expect(experiment.resume(data)).rejects.toThrow(/holds a cross-validation: resume it with one dataset/);
  });

  it('refuses a folder of another version, or a foreign one', async () => {
    const folder = temporaryFolder();
    const { experiment } = tinyExperiment(folder);
    await experiment.run(data);
    const path = join(folder, 'tiny', 'manifest.json');
    const manifest = readFileSync(path, 'utf8');
    writeFileSync(path, manifest.replace('"version": 1', '"version": 2'));
    await expect(experiment.resume(data)).rejects.toMatchObject({
      problem: 'version',
      message: expect.stringMatching(
        /format version 2; this program knows version 1.* \(\d+\.\d+\.\d+\), or/,
      ) as string,
    });
    for (const text of ['{"name": "x"}', manifest.slice(0, 100), '']) {
      writeFileSync(path, text);
      await expect(experiment.resume(data), text).rejects.toMatchObject({ problem: 'foreign' });
      await expect(experiment.run(data), text).rejects.toMatchObject({ problem: 'foreign' });
    }
    await expect(Experiment.load(join(folder, 'none'), tinyOptions())).rejects.toMatchObject({ problem: 'missing' });
  });

  it('refuses a name that leads elsewhere, and to train for no one knows how long', () => {
    for (const name of ['', '.', '..', 'a/b', 'a\\b', '../x'])
      expect(() => tinyExperiment('runs', { name })).toThrow(/name becomes that of its folder/);
    expect(() => tinyExperiment('runs', { params: new Parameters() })).toThrow(/parameter training\.epochs/);
  });
});
