import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng, type NDArray, ndarray, type Rng, type Sample } from '@delira/core';
import { ArrayDataset, trainTestSplit } from '@delira/data-loading';
import { loadNpy, saveNpy } from '@delira/io';
import {
  type Augmentation,
  Brightness,
  Contrast,
  Gamma,
  GaussianBlur,
  GaussianNoise,
  Mirror,
  RandomCrop,
  Resize,
  SimulateLowResolution,
  SpatialTransform,
} from '@delira/transforms';
import { atMost, type Check, type CheckRow, holds } from '../Check.js';
import { repositoryRoot } from '../repositoryRoot.js';
import { lastLines, runProcess } from '../runProcess.js';

/** Of values up to about eight, in float32 on one side. */
const LIMIT = 1e-5;
/** How often parameters are drawn on either side. */
const DRAWS = 4000;
/** Repetitions of each transform, every time of another shape with other parameters. */
const REPETITIONS = 6;

interface Change {
  readonly transform: string;
  readonly options: object;
  readonly parameters: unknown;
}
interface Prepared extends Change {
  readonly sample: Sample;
  readonly augmentation: Augmentation;
}
interface SplitTask {
  readonly labels: readonly number[];
  readonly classes: number;
  readonly testSize: number;
}
interface Results {
  readonly draws: Readonly<Record<string, readonly number[]>>;
  readonly splits: readonly { readonly train: readonly number[]; readonly test: readonly number[] }[];
}

const script = join(repositoryRoot, 'tools/interop/python/augmentation.py');

const augmentations: readonly ((rng: Rng, rank: number) => readonly [name: string, options: object, Augmentation])[] = [
  (rng) => row('Contrast', { preserveRange: rng.int(2) === 1 }, (options) => new Contrast(options)),
  (rng) => {
    const kind = rng.int(3);
    return row('Gamma', { invert: kind === 1, retainStatistics: kind === 2 }, (options) => new Gamma(options));
  },
  () => row('GaussianBlur', { sigma: [0.3, 2.5] as const }, (options) => new GaussianBlur(options)),
  () => row('SimulateLowResolution', { zoom: [0.4, 1] as const }, (options) => new SimulateLowResolution(options)),
  () => row('Mirror', {}, (options) => new Mirror(options)),
  (rng, rank) => {
    // Odd differences put no new voxel halfway between two old ones, where rounding decides.
    const size = Array.from({ length: rank }, () => 5 + 2 * rng.int(7));
    return row('Resize', { size, maskInterpolation: 'nearest' as const }, (options) => new Resize(options));
  },
  () =>
    row('SpatialTransform', { ...warp, interpolation: 'linear' as const }, (options) => new SpatialTransform(options)),
  // Far from the border, which the peer mirrors and we fill.
  () =>
    row(
      'SpatialTransform',
      { ...warp, scale: [1.3, 1.5] as const, interpolation: 'cubic' as const, size: 3, mask: [] },
      (options) => new SpatialTransform(options),
    ),
];

const warp = { rotation: [-0.8, 0.8], scale: [0.7, 1.4], border: 'edge' } as const;

function row<Options extends object, P>(
  name: string,
  options: Options,
  create: (options: Options) => Augmentation<P>,
): readonly [string, object, Augmentation] {
  return [name, options, create(options) as Augmentation];
}

/** An image of noise on a slope, and a mask of blocks. */
function randomSample(rng: Rng, rank: number): Sample {
  const shape = Array.from({ length: rank }, () => 8 + 2 * rng.int(5));
  const length = shape.reduce((product, count) => product * count, 1);
  return {
    data: ndarray(
      Float32Array.from({ length }, (_, i) => 3 * rng.uniform() + (4 * i) / length),
      [1, ...shape],
    ),
    seg: ndarray(
      Int32Array.from({ length }, (_, i) => Math.floor((4 * i) / length)),
      shape,
      'int32',
    ),
  };
}

function prepare(): readonly Prepared[] {
  const rng = createRng(11);
  const prepared: Prepared[] = [];
  for (const create of augmentations) {
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const rank = 2 + (repetition % 2);
      const sample = randomSample(rng, rank);
      const [transform, options, augmentation] = create(rng, rank);
      prepared.push({
        transform,
        options: sized(options, rank),
        sample,
        augmentation,
        parameters: augmentation.draw(sample, rng),
      });
    }
  }
  return prepared;
}

/** What the peer takes is a list. */
const sized = (options: object, rank: number): object =>
  'size' in options && typeof options.size === 'number'
    ? { ...options, size: Array.from({ length: rank }, () => options.size) }
    : options;

const differenceOf = (actual: NDArray, expected: NDArray): number => {
  if (actual.shape.join() !== expected.shape.join()) return NaN;
  let most = 0;
  for (let i = 0; i < actual.data.length; i++) most = Math.max(most, Math.abs(actual.data[i]! - expected.data[i]!));
  return most;
};

async function compareChanges(folder: string, prepared: readonly Prepared[]): Promise<readonly CheckRow[]> {
  const worst = new Map<string, { images: number; masks: number }>();
  for (const [index, { transform, options, sample, augmentation, parameters }] of prepared.entries()) {
    const changed = augmentation.replay(sample, parameters);
    const name = 'interpolation' in options ? `${transform}, ${String(options.interpolation)}` : transform;
    const so = worst.get(name) ?? { images: 0, masks: 0 };
    const of = async (key: string): Promise<number> =>
      differenceOf(changed[key]!, await loadNpy(join(folder, `${key}-changed-${index}.npy`)));
    worst.set(name, { images: Math.max(so.images, await of('data')), masks: Math.max(so.masks, await of('seg')) });
  }
  return [...worst].flatMap(([name, { images, masks }]) => [
    atMost(`batchgenerators with our parameters: ${name}`, images, LIMIT),
    ...(masks === 0 ? [] : [holds(`… its masks`, false, 'the same', `${masks} off`)]),
  ]);
}

/** What both sides draw, read in the same way. */
function ourDraws(): Readonly<Record<string, readonly number[]>> {
  const picture = { data: ndarray([0, 1, 2, 4], [1, 2, 2]) };
  const collect = <P>(
    transform: Augmentation<P>,
    read: (parameters: P) => number,
    sample: Sample = picture,
  ): number[] => Array.from({ length: DRAWS }, (_, seed) => read(transform.draw(sample, createRng(seed))));
  const warping = new SpatialTransform({
    rotation: [-0.5, 0.5],
    rotationProbability: 0.2,
    scale: [1 / 1.4, 1 / 0.7],
    scaleProbability: 0.4,
  });
  return {
    contrast: collect(new Contrast(), ({ data }) => data![0]!),
    brightness: collect(new Brightness(), ({ data }) => data![0]!.factor),
    gamma: collect(new Gamma(), ({ data }) => data![0]!),
    zoom: collect(new SimulateLowResolution(), ({ data }) => Math.round(100 * data![0]!) / 100),
    sigma: collect(new GaussianBlur(), ({ data }) => data![0]![0]!),
    std: collect(new GaussianNoise(), ({ data }) => data![0]!.std),
    angle: collect(warping, ({ rotation }) => rotation[0]!),
    flips: collect(new Mirror(), ({ axes }) => (axes.includes(0) ? 2 : 0) + (axes.includes(1) ? 1 : 0)),
    // The peer never draws the last possible place: of ten columns it sees as many as we of nine.
    offset: collect(new RandomCrop({ size: [2, 4] }), ({ offset }) => offset[1]!, {
      data: ndarray(new Float32Array(18), [1, 2, 9]),
    }),
  };
}

/** The largest distance between two distribution functions (Kolmogorov and Smirnov). */
function distance(a: readonly number[], b: readonly number[]): number {
  const [left, right] = [a.toSorted((x, y) => x - y), b.toSorted((x, y) => x - y)];
  let [i, j, largest] = [0, 0, 0];
  while (i < left.length && j < right.length) {
    const value = Math.min(left[i]!, right[j]!);
    while (left[i]! <= value) i++;
    while (right[j]! <= value) j++;
    largest = Math.max(largest, Math.abs(i / left.length - j / right.length));
  }
  return largest;
}

/** Two equal distributions are further apart once in ten thousand times. */
const DISTANCE = Math.sqrt(-0.5 * Math.log(0.5e-4)) * Math.sqrt(2 / DRAWS);

function compareDraws(theirs: Results['draws']): readonly CheckRow[] {
  return Object.entries(ourDraws()).map(([name, ours]) => {
    const measured = distance(ours, theirs[name] ?? []);
    return holds(
      `batchgenerators draws ${name} as we do, ${DRAWS} times`,
      measured <= DISTANCE,
      `≤ ${DISTANCE.toFixed(3)}`,
      measured.toFixed(3),
    );
  });
}

function prepareSplits(): readonly SplitTask[] {
  const rng = createRng(12);
  return Array.from({ length: 40 }, () => {
    const classes = 2 + rng.int(4);
    const count = 40 + rng.int(200);
    // Two of each class at least, as scikit-learn asks for.
    const labels = Array.from({ length: count }, (_, i) =>
      i < 2 * classes ? i % classes : Math.floor(classes * rng.uniform() ** 2),
    );
    return { labels, classes, testSize: 0.1 + 0.5 * rng.uniform() };
  });
}

function compareSplits(tasks: readonly SplitTask[], theirs: Results['splits']): readonly CheckRow[] {
  let [sizes, counts, whole] = [0, 0, 0];
  tasks.forEach(({ labels, classes, testSize }, index) => {
    const dataset = new ArrayDataset({ label: ndarray(labels, [labels.length], 'int32') });
    const { train, test } = trainTestSplit(dataset, { testSize, stratify: true, seed: index });
    const histogram = (part: typeof train): number[] =>
      Array.from({ length: classes }, (_, label) => part.indices.filter((i) => labels[i] === label).length);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const expected = theirs[index]!;
    if (test.length !== sum(expected.test) || train.length !== sum(expected.train)) sizes++;
    // Where remainders are equal scikit-learn draws which class gives one more.
    if (histogram(test).some((count, label) => Math.abs(count - expected.test[label]!) > 1)) counts++;
    if (new Set([...train.indices, ...test.indices]).size !== labels.length) whole++;
  });
  const what = `scikit-learn's stratified splits, ${tasks.length} of random labels`;
  return [
    holds(`${what}: sizes`, sizes === 0, 'the same', `${sizes} differ`),
    holds(`${what}: samples of each class`, counts === 0, 'within one', `${counts} differ`),
    holds('our splits hold every sample once', whole === 0, 'yes', `${whole} do not`),
  ];
}

/** Transforms against batchgenerators, splits against scikit-learn. */
export const augmentation: Check = {
  name: 'augmentation',
  description: 'transforms and what they draw against batchgenerators; stratified splits against scikit-learn',
  async run({ python, folder, report }) {
    const interpreter = await python();
    const prepared = prepare();
    for (const [index, { sample }] of prepared.entries())
      for (const key of ['data', 'seg']) await saveNpy(join(folder, `${key}-${index}.npy`), sample[key]!);
    const changes = prepared.map(({ transform, options, parameters }): Change => ({ transform, options, parameters }));
    const splits = prepareSplits();
    await writeFile(join(folder, 'tasks.json'), JSON.stringify({ changes, draws: DRAWS, splits }));
    report('batchgenerators, scikit-learn');
    const { code, stderr } = await runProcess(interpreter, [script, folder]);
    if (code !== 0) throw new Error(`The peers stopped:\n${lastLines(stderr, 8)}`);
    const results = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
    return [
      ...(await compareChanges(folder, prepared)),
      ...compareDraws(results.draws),
      ...compareSplits(splits, results.splits),
    ];
  },
};
