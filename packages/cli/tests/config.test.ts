import { createReferenceBackend } from '@delira/backend-reference';
import { createRng, type Registry, TrainableSystem } from '@delira/core';
import { ResNet18 } from '@delira/models-classification';
import { Config, createComponent } from '@delira/parameters';
import { temporaryFolder } from '@delira/testkit/vitest';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRegistries, type DataFacts, type Registries } from '../src/index.js';
import { configSchema } from '../src/config/configSchema.js';
import { readConfig } from '../src/config/readConfig.js';
import { templates } from '../src/config/templates.js';
import { type Factory, withFacts } from '../src/registries/Factory.js';
import { buildTrainer } from '../src/session/buildTrainer.js';
import { RunData } from '../src/session/RunData.js';
import { captured } from './support/captured.js';
import { CLASSIFICATION, classificationFolder } from './support/data.js';

const facts: DataFacts = { classes: ['background', 'liver', 'spleen'], channels: 2, rank: 2 };

let folder = '';
let config = '';
beforeEach(() => {
  folder = temporaryFolder();
  config = join(folder, 'run.yaml');
  writeFileSync(config, CLASSIFICATION);
});

describe('a config', () => {
  it('has defaults, and is changed by the command line', async () => {
    const read = await readConfig(config, ['training.epochs=7', 'seed=3', 'kfold.folds=4']);
    expect(read.training).toEqual({
      epochs: 7,
      batchSize: 4,
      saveFrequency: 1,
      keep: 0,
      onSaveError: 'stop',
      workers: 0,
    });
    expect(read).toMatchObject({ seed: 3, kfold: { folds: 4, shuffle: true, valSize: 0.2 }, callbacks: [] });
  });

  it.each([
    ['trainig.epochs=7', 'trainig: is not known here. Did you mean "training"?'],
    ['training.epoch=7', 'training.epoch: is not known here. Did you mean "epochs"?'],
    ['training.epochs=0', 'training.epochs: is 0, but must be at least 1.'],
    ['training.epochs=many', 'training.epochs: is "many", but must be a whole number.'],
    ['transforms.tran=[]', 'transforms.tran: is not known here. Did you mean "train"?'],
    ['__proto__.polluted=1', 'the name "__proto__" is reserved'],
    ['training.constructor.prototype=1', 'the name "constructor" is reserved'],
    ['model.options.prototype=1', 'the name "prototype" is reserved'],
    ['training', '"training" sets no parameter.'],
  ])('refuses --set %s', async (assignment, message) => {
    await expect(readConfig(config, [assignment])).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(message),
    });
    await expect(readConfig(config, [assignment])).rejects.toThrow(`${config}: `);
  });

  it.each([
    ['dataset: [1, 2', 'Line 1'],
    ['- 1', 'The text holds a list'],
    ['', 'The text holds nothing'],
    ['dataset: a\ndataset: b', 'the name "dataset" is there twice'],
    ['seed: !!js/function "1"', 'tag'],
    ['__proto__: { seed: 1 }', '__proto__'],
    ['seed: 1', 'dataset: is missing'],
  ])('that reads %j is refused', async (text, message) => {
    writeFileSync(config, text);
    await expect(readConfig(config)).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(new RegExp(`${config}: .*${message}`, 's')),
    });
  });

  it('that is not there is said to be missing', async () => {
    await expect(readConfig(join(folder, 'none.yaml'))).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(
        'none.yaml cannot be read: there is no such file (ENOENT). Check the path; delira init',
      ),
    });
  });

  it.each([
    ['model.type=ResNet19', 'model.type: There is no network called "ResNet19". Did you mean "ResNet18"?'],
    ['model.options.feature=4', 'model.options.feature: is not known here. Did you mean "features"?'],
    ['loss=CrossEntrpy', 'loss: There is no loss called "CrossEntrpy". Did you mean "CrossEntropy"?'],
    ['optimizer.options.momentum=1', 'optimizer.options.momentum: is not known here.'],
    ['optimizer.options.clipNorm=0', 'optimizer.options: clipByGlobalNorm: maximumNorm'],
    ['metrics=[Accuracy, Auroq]', 'metrics[1]: There is no metric called "Auroq". Did you mean "Auroc"?'],
    ['schedule.options.tMx=3', 'schedule.options.tMx: is not known here. Did you mean "tMax"?'],
    ['schedule={type: PolyLR, options: {per: update}}', 'schedule.options: maxSteps is missing'],
    [
      'callbacks=[EarlyStoping]',
      'callbacks[0]: There is no callback called "EarlyStoping". Did you mean "EarlyStopping"?',
    ],
    ['preprocessing=[ZScore]', 'preprocessing[0]: There is no transform called "ZScore".'],
    [
      'preprocessing=[{type: OneOf, options: {transforms: [Mirror, {type: RandomApply, options: {transform: Gama}}]}}]',
      'preprocessing[0].options.transforms[1].options.transform: There is no transform called "Gama". Did you mean "Gamma"?',
    ],
    [
      'model={type: UNet2d}',
      'model: UNet2d gives a class for each voxel, but the dataset has one for each image. Use ResNet18.',
    ],
    [
      'model={type: UNet3d}',
      'model: UNet3d is one for images of 3 axes, but those of the dataset have 2. Use ResNet18.',
    ],
    ['model.options.inChannels=3', 'model: ResNet18 is one for images of 3 channels, but those of the dataset have 1.'],
    [
      'validation={type: ImageFolder, options: {folder: images, sise: 16}}',
      'validation.options.size: is missing; it must be a number or a list of numbers.',
    ],
    ['validation=ImageFoldr', 'validation: There is no dataset called "ImageFoldr". Did you mean "ImageFolder"?'],
    ['prediction.window=[8]', 'prediction.window is [8], but must have 2 extents, one for each axis.'],
    ['prediction.mirrorAxes=[2]', 'prediction.mirrorAxes: images of 2 axes have none numbered 2; 0 is the first.'],
    ['prediction.validation=true', 'prediction.validation: say how large a window is, prediction.window.'],
    ['loss.options.wieght=2', 'loss.options.wieght: is not known here. Did you mean "weight"?'],
    ['dataset.type=ImageFoldr', 'dataset.type: There is no dataset called "ImageFoldr". Did you mean "ImageFolder"?'],
    ['dataset.options.size=[16]', 'dataset.options: size is [16], but must be a positive integer, or 2 of them'],
  ])('names the place of what cannot be made: %s', async (assignment, message) => {
    await classificationFolder(folder);
    const { code, errors } = await captured('train', config, '--set', assignment, '-o', join(folder, 'run'));
    expect(errors).toContain(`${config}: ${message}`);
    expect(code).toBe(1);
  });

  it('that is a folder is said to be one', async () => {
    await expect(readConfig(folder)).rejects.toThrow(`The config ${folder} cannot be read: it is a folder (EISDIR).`);
  });

  it('says where its data is not', async () => {
    const { errors } = await captured('train', config, '-o', join(folder, 'run'));
    expect(errors).toBe(
      `The folder of images ${join(folder, 'images')} cannot be read: there is none. A relative path starts from the folder of the config; check dataset.options.folder.\n`,
    );
  });

  it('says what its data lacks', async () => {
    mkdirSync(join(folder, 'images', 'dark'), { recursive: true });
    const { code, errors } = await captured('train', config, '-o', join(folder, 'run'));
    expect(errors).toContain(`${join(folder, 'images')} has one sub-folder, dark; a class is a sub-folder`);
    expect(code).toBe(1);
  });
});

describe('templates', () => {
  it.each(Object.entries(templates))('of a %s can be made as they are', (_, text) => {
    const read = Config.parse(text).validate(configSchema);
    const registries = createRegistries();
    const data = new RunData({ config: read, registries, root: folder, module: null, progress: false });
    const of: DataFacts = data.source.task === 'classification' ? { ...facts, channels: 3 } : { ...facts, rank: 3 };
    const built = buildTrainer(read, of, registries, false);
    expect(built.network.config).toMatchObject({ numClasses: 3, inChannels: of.channels });
    expect(Object.keys(built.optimizers)).toEqual(['default']);
    expect(Object.keys(built.schedules ?? {})).toEqual(['default.lr']);
    data.transform('train', of);
    data.transform('val', of);
  });

  it('of the README can be made as they are', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const registries = createRegistries();
    const made = [...readme.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => {
      const read = Config.parse(text!).validate(configSchema);
      const data = new RunData({ config: read, registries, root: folder, module: null, progress: false });
      data.transform('train', facts);
      return buildTrainer(read, { ...facts, channels: 3 }, registries, false).network.config;
    });
    expect(made).toMatchObject([{ numClasses: 3, features: 64 }, { imageSize: 64, inChannels: 3 }, { features: 16 }]);
    for (const kind of Object.values(registries) as Registry<unknown>[])
      for (const name of kind.names()) expect(readme).toContain(`\`${name}\``);
  });

  it('are printed and written, but never over a file', async () => {
    expect(await captured('init', 'segmentation')).toEqual({ code: 0, out: templates.segmentation, errors: '' });
    const file = join(folder, 'new.yaml');
    expect(await captured('init', '-o', file)).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8')).toBe(templates.classification);
    expect(await captured('init', '-o', file)).toMatchObject({ code: 2, errors: expect.stringContaining('EEXIST') });
    expect((await captured('init', 'clasification')).errors).toContain('Did you mean "classification"?');
  });
});

/** Options that must be there. */
const needed: Readonly<Record<string, object>> = {
  StepLR: { stepSize: 2 },
  MultiStepLR: { milestones: [2, 4] },
  ExponentialLR: { gamma: 0.9 },
  TimeLimit: { seconds: 10 },
  CenterCrop: { size: 4 },
  RandomCrop: { size: [4, 4] },
  RandomForegroundCrop: { size: 4 },
  Pad: { size: 4 },
  Resize: { size: [4, 4] },
  MeanStdNormalization: { mean: 0, std: 1 },
  OneOf: { transforms: ['Mirror', { type: 'Pad', options: { size: 4 } }], weights: [1, 2] },
  Compose: { transforms: [] },
  RandomApply: { transform: 'Gamma', probability: 0.2 },
  ImageFolder: { folder: 'x', size: 4 },
  MNIST: { folder: 'x' },
  CaseFolder: { folder: 'x', images: ['i.png'], label: 'l.png', classes: ['a', 'b'] },
  Nnunet: { folder: 'x' },
  Decathlon: { folder: 'x' },
};
const kinds = Object.keys(createRegistries()) as (keyof Registries)[];
const known = { datasets: { root: '/' }, schedules: { epochs: 5, initial: 0.1 } } as const;
const everything = kinds.flatMap((kind) => {
  const registry = createRegistries()[kind];
  return registry.names().map((name) => [kind, name] as const);
});

describe('registries', () => {
  it.each(everything)('make of the %s %s something, and refuse an unknown option', (kind, name) => {
    const registry = createRegistries()[kind] as Registry<Factory<unknown, unknown>>;
    const bound = withFacts(registry, kind === 'datasets' || kind === 'schedules' ? known[kind] : facts);
    const options = { ...needed[name] } as Record<string, never>;
    expect(createComponent(bound, { type: name, options }, 'it')).toBeTruthy();
    expect(() => createComponent(bound, { type: name, options: { ...options, nonsense: 1 } }, 'it')).toThrow(
      'it.options.nonsense: is not known here.',
    );
  });

  it('make transforms of transforms', () => {
    const registry = withFacts(createRegistries().transforms, facts);
    const oneOf = createComponent(registry, {
      type: 'OneOf',
      options: { weights: [0, 1], transforms: ['Mirror', { type: 'OneHot', options: { mask: ['label'] } }] },
    });
    const label = { dtype: 'uint8', shape: [1, 1, 2], data: Uint8Array.of(2, 0) } as const;
    const { sample, parameters } = oneOf.augment({ label }, createRng(0));
    expect(parameters).toEqual({ index: 1, parameters: null });
    expect(sample['label']).toEqual({
      dtype: 'float32',
      shape: [3, 1, 2],
      data: Float32Array.of(0, 1, 0, 0, 1, 0),
    });
  });

  it('weight losses', async () => {
    const registry = withFacts(createRegistries().losses, facts);
    const loss = (weight: number) => createComponent(registry, { type: 'CrossEntropy', options: { weight } });
    const network = new ResNet18({ inChannels: 1, numClasses: 2, features: 1 });
    const system = new TrainableSystem(network, { losses: { once: loss(1), twice: loss(2) } });
    const batch = {
      data: { dtype: 'float32', shape: [1, 1, 8, 8], data: new Float32Array(64).fill(0.5) },
      label: { dtype: 'int32', shape: [1], data: Int32Array.of(1) },
    } as const;
    const backend = createReferenceBackend();
    const executable = await backend.compile(system.traceEval(batch));
    const state = await backend.createState(system.initialState(0));
    const [output] = await executable.run(state, [{ batch, seed: [0, 0] }]);
    const [once, twice] = [output!['once']!.data[0]!, output!['twice']!.data[0]!];
    expect(once).toBeGreaterThan(0.1);
    expect(twice).toBeCloseTo(2 * once, 5);
  });

  it('count epochs, begin with the rate of the optimizer and warm up', () => {
    const registry = withFacts(createRegistries().schedules, { epochs: 4, initial: 0.1 });
    const poly = createComponent(registry, { type: 'PolyLR', options: { exponent: 1, warmup: 2 } });
    expect(poly.counts).toBe('epoch');
    expect([0, 1, 2, 3, 4].map((epoch) => Number(poly(epoch).toFixed(6)))).toEqual([0, 0.05, 0.1, 0.05, 0]);
    const updates = createComponent(registry, { type: 'StepLR', options: { stepSize: 1, per: 'update', initial: 8 } });
    expect(updates.counts).toBeUndefined();
    expect(updates(1)).toBeCloseTo(0.8);
  });
});
