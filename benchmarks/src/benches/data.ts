import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chains, type ChainName } from '../data/chains.js';
import { compareData, type DataComparison } from '../data/compareData.js';
import type { DataOptions } from '../data/dataOptions.js';
import { indexScaling } from '../data/indexScaling.js';
import { writeNiftiFiles } from '../data/niftiFiles.js';
import { formatTable } from '../formatTable.js';
import { type Measurement, type OptionValues, positiveInteger } from '../Measurement.js';
import { rounded } from '../statistics.js';

/** The most of the peer's time that ours may take, and how much more a sample may cost among a million than among a thousand. */
const LIMITS = { augment3d: 0.33, augment2d: 0.33, niftiLoad: 1, endToEnd: 0.8, indexScaling: 1.5 } as const;

type Part = keyof typeof LIMITS;

const PARTS = Object.keys(LIMITS) as Part[];

interface Settings {
  readonly rounds: number;
  readonly quick: boolean;
  readonly workers: readonly number[];
}

interface Case extends DataOptions {
  readonly subject: string;
}

const augmentation = (chain: ChainName, size: readonly number[], batch: number, batches: number) =>
  ({ task: 'augment', chain, size, batch, batches }) as const;

/** Batches of an epoch are a multiple of the workers: batchgenerators gives each as many. */
const cases3d = ({ quick, workers }: Settings): readonly Case[] =>
  (quick ? [32] : [64, 128]).flatMap((extent) =>
    workers.map((count) => ({
      ...augmentation('nnunet', [extent, extent, extent], 2, extent === 128 ? 24 : 48),
      workers: count,
      subject: `nnU-Net's 3D chain, ${extent}³, ${describeWorkers(count)}`,
    })),
  );

const cases2d = ({ quick, workers }: Settings): readonly Case[] =>
  workers.map((count) => ({
    ...augmentation('classification', [224, 224], quick ? 8 : 64, 8),
    workers: count,
    subject: `delira's 2D chain, 224², ${describeWorkers(count)}`,
  }));

const casesEndToEnd = ({ quick }: Settings): readonly Case[] => {
  const common = { task: 'train', workers: 2, threads: 2, depth: 3 } as const;
  const volumes = { ...common, chain: 'nnunet', batch: 2, filters: 16 } as const;
  const images = { ...common, chain: 'classification', size: [224, 224], batch: 8, batches: 6, filters: 16 } as const;
  if (quick) return [{ ...volumes, subject: 'U-Net 3D, 32³', size: [32, 32, 32], batches: 4, filters: 8 }];
  return [
    { ...volumes, subject: 'U-Net 3D, 16 filters, 2 × 64³, nnU-Net’s chain', size: [64, 64, 64], batches: 6 },
    { ...images, subject: 'U-Net 2D, 16 filters, 8 × 224², delira’s chain' },
  ];
};

const describeWorkers = (count: number): string =>
  count === 0 ? 'no workers' : count === 1 ? '1 worker' : `${count} workers`;

const printComparisons = (title: string, rows: readonly DataComparison[]): void => {
  const table = rows.map((row) => [
    row.subject,
    row.oursMs.toFixed(1),
    row.peerMs.toFixed(1),
    row.ratio.toFixed(2),
    row.ratioBest.toFixed(2),
    row.oursCpuMs.toFixed(1),
    row.peerCpuMs.toFixed(1),
    row.ratioCpu.toFixed(2),
  ]);
  const heads = ['ours ms', 'peer ms', 'ratio', 'ratio of best', 'ours CPU ms', 'peer CPU ms', 'ratio of CPU'];
  console.log(`${formatTable([[title, ...heads], ...table])}\n`);
};

const compareAll = async (
  title: string,
  cases: readonly Case[],
  { rounds }: Settings,
): Promise<readonly DataComparison[]> => {
  const rows: DataComparison[] = [];
  for (const { subject, ...options } of cases) rows.push(await compareData(subject, options, rounds));
  printComparisons(title, rows);
  return rows;
};

const compareNifti = async (settings: Settings): Promise<readonly DataComparison[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'delira-bench-'));
  try {
    const files = await writeNiftiFiles(folder, settings.quick ? 64 : 256);
    const cases = files.map(
      (file) => ({ subject: file.slice(folder.length + 1), task: 'nifti', files: [file] }) as const,
    );
    return await compareAll('NIfTI against nibabel, ms per file', cases, settings);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const measureScaling = async ({ quick, rounds }: Settings): Promise<number> => {
  const costs = await indexScaling(quick ? [1000, 10_000] : [1000, 10_000, 100_000, 1_000_000], rounds);
  console.log(
    `${formatTable([['samples indexed', 'ns of CPU per sample'], ...costs.map(({ entries, nanoseconds }) => [String(entries), String(nanoseconds)])])}\n`,
  );
  return rounded(costs.at(-1)!.nanoseconds / costs[0]!.nanoseconds);
};

const partsAsked = (values: OptionValues): readonly Part[] => {
  if (values['only'] === undefined) return PARTS;
  const asked = String(values['only']).split(',');
  const wrong = asked.find((name) => !PARTS.includes(name as Part));
  if (wrong !== undefined) throw new RangeError(`--only is ${wrong}; it takes some of ${PARTS.join(', ')}.`);
  return PARTS.filter((part) => asked.includes(part));
};

const workersAsked = (values: OptionValues): readonly number[] => {
  const counts = String(values['workers']).split(',').map(Number);
  if (counts.some((count) => !Number.isInteger(count) || count < 0))
    throw new RangeError(`--workers is ${String(values['workers'])}; it takes numbers such as 1,2.`);
  return counts;
};

/** Each transform alone, applied to every sample, without workers. */
const profile = async (settings: Settings): Promise<void> => {
  const every = (size: readonly number[], names: readonly string[]): readonly Case[] =>
    names.map((name) => ({
      ...augmentation(name as ChainName, size, 2, settings.quick ? 4 : 16),
      workers: 0,
      subject: `${name}, ${size.join(' × ')}`,
    }));
  const flat = ['crop', 'resize', 'contrast', 'normalise', 'none'];
  const names = Object.keys(chains).filter((name) => !flat.slice(0, 2).includes(name) && name !== 'classification');
  await compareAll('each transform', [...every([64, 64, 64], names), ...every([224, 224], flat)], settings);
};

/** What happens to samples between the disk and the engine, against the libraries that do it in Python. */
export const data: Measurement = {
  name: 'data',
  description: 'times augmentation, NIfTI loading and training with both against batchgenerators, nibabel and PyTorch',
  options: {
    only: { type: 'string' },
    workers: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
  help: [
    `--only PART,…    ${PARTS.join(', ')} (default all)`,
    '--workers N,…    of augmentation; as many processes of batchgenerators (default 1,2; 0: none)',
    '--rounds N       rounds; ours and the peer take turns in each (default 5)',
    '--quick          small samples, to see that everything runs; the ratios mean little',
    '--profile        every transform alone as well',
  ],
  async run(values) {
    const settings = {
      rounds: positiveInteger(values, 'rounds'),
      quick: values['quick'] === true,
      workers: workersAsked(values),
    };
    if (values['profile'] === true) await profile(settings);
    const compared: Partial<Record<Part, readonly DataComparison[]>> = {};
    const ratios: Partial<Record<Part, number>> = {};
    for (const part of partsAsked(values)) {
      if (part === 'indexScaling') {
        ratios[part] = await measureScaling(settings);
        continue;
      }
      const rows = await {
        augment3d: () => compareAll('3D augmentation, ms per batch', cases3d(settings), settings),
        augment2d: () => compareAll('2D augmentation, ms per batch', cases2d(settings), settings),
        niftiLoad: () => compareNifti(settings),
        endToEnd: () => compareAll('training with augmentation, ms per step', casesEndToEnd(settings), settings),
      }[part]();
      compared[part] = rows;
      ratios[part] = Math.max(...rows.map(({ ratio }) => ratio));
    }
    const rows = Object.values(compared).flat();
    return {
      ...ratios,
      passed: settings.quick ? null : Object.entries(ratios).every(([part, ratio]) => ratio <= LIMITS[part as Part]),
      cases: rows.map((row) => ({ ...row })),
    };
  },
};
