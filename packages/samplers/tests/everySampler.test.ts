import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as samplers from '../src/index.js';
import {
  BatchSampler,
  LambdaSampler,
  PrevalenceRandomSampler,
  PrevalenceSampler,
  PrevalenceSequentialSampler,
  RandomSampler,
  type Sampler,
  SequentialSampler,
  StoppingPrevalenceRandomSampler,
  StoppingPrevalenceSequentialSampler,
  WeightedPrevalenceRandomSampler,
  WeightedRandomSampler,
} from '../src/index.js';

interface Settings {
  /** The class of each sample. */
  readonly labels: readonly number[];
  readonly seed: number;
  readonly batchSize: number;
}

interface Row {
  readonly name: string;
  readonly create: (settings: Settings) => Sampler;
  /** What is promised of an epoch, beside indices of the dataset. */
  readonly covers: (counts: readonly number[], settings: Settings) => boolean;
}

const once = (counts: readonly number[]): boolean => counts.every((count) => count === 1);
const anything = (): boolean => true;

/** The members of each class, and how often they came. */
const byClass = (counts: readonly number[], labels: readonly number[]): readonly (readonly number[])[] =>
  [...new Set(labels)].map((label) => counts.filter((_, index) => labels[index] === label));

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** Members in order: none comes again before all others of its class came. */
const evenly = (counts: readonly number[], { labels }: Settings): boolean =>
  byClass(counts, labels).every((members) => Math.max(...members) - Math.min(...members) <= 1);

const batched = ({ seed, batchSize }: Settings) => ({ seed, batchSize });

const rows: readonly Row[] = [
  { name: 'SequentialSampler', create: ({ labels }) => new SequentialSampler(labels.length), covers: once },
  {
    name: 'RandomSampler',
    create: ({ labels, seed }) => new RandomSampler(labels.length, { seed }),
    covers: once,
  },
  {
    name: 'RandomSampler of a list',
    create: ({ labels, seed }) => new RandomSampler([...labels.keys()].reverse(), { seed }),
    covers: once,
  },
  {
    name: 'RandomSampler of a part',
    create: ({ labels, seed, batchSize }) =>
      new RandomSampler(labels.length, { seed, numSamples: Math.min(batchSize, labels.length) }),
    covers: (counts, { batchSize }) => Math.max(...counts) === 1 && sum(counts) === Math.min(batchSize, counts.length),
  },
  {
    name: 'RandomSampler with replacement',
    create: ({ labels, seed }) => new RandomSampler(labels.length, { seed, replacement: true, numSamples: 50 }),
    covers: (counts) => sum(counts) === 50,
  },
  {
    name: 'WeightedRandomSampler',
    create: ({ labels, seed }) =>
      new WeightedRandomSampler(labels.length, { seed, weights: labels.map((label) => (label % 3 ? 0 : 1 + label)) }),
    covers: (counts, { labels }) => counts.every((count, index) => count === 0 || labels[index]! % 3 === 0),
  },
  {
    name: 'WeightedRandomSampler without replacement',
    create: ({ labels, seed }) =>
      new WeightedRandomSampler(labels.length, {
        seed,
        weights: labels.map((label) => label + 1),
        replacement: false,
      }),
    covers: once,
  },
  {
    name: 'WeightedPrevalenceRandomSampler',
    create: ({ labels, seed }) => new WeightedPrevalenceRandomSampler(labels, { seed, numSamples: 1500 }),
    // Six standard deviations of a class's share.
    covers: (counts, { labels }) => {
      const classes = byClass(counts, labels);
      const share = 1 / classes.length;
      const spread = 6 * Math.sqrt(1500 * share * (1 - share));
      return classes.every((members) => Math.abs(sum(members) - 1500 * share) <= spread);
    },
  },
  {
    name: 'LambdaSampler',
    create: (settings) =>
      new LambdaSampler(
        settings.labels.length,
        (candidates, count, rng) => Array.from({ length: count }, () => candidates[rng.int(candidates.length)]!),
        batched(settings),
      ),
    covers: (counts) => sum(counts) === counts.length,
  },
  {
    name: 'PrevalenceRandomSampler',
    create: (settings) => new PrevalenceRandomSampler(settings.labels, batched(settings)),
    covers: anything,
  },
  {
    name: 'PrevalenceSequentialSampler',
    create: (settings) => new PrevalenceSequentialSampler(settings.labels, batched(settings)),
    covers: evenly,
  },
  {
    name: 'StoppingPrevalenceRandomSampler',
    create: (settings) => new StoppingPrevalenceRandomSampler(settings.labels, batched(settings)),
    covers: anything,
  },
  {
    name: 'StoppingPrevalenceSequentialSampler',
    create: (settings) => new StoppingPrevalenceSequentialSampler(settings.labels, batched(settings)),
    covers: (counts, settings) =>
      evenly(counts, settings) &&
      // Some class is used up.
      byClass(counts, settings.labels).some((members) => Math.min(...members) >= 1),
  },
];

const settings: fc.Arbitrary<Settings> = fc.record({
  labels: fc.array(fc.nat(4), { minLength: 1, maxLength: 40 }).map((labels) => [0, ...labels]),
  seed: fc.maxSafeInteger(),
  batchSize: fc.integer({ min: 1, max: 12 }),
});

describe.each(rows)('$name', ({ create, covers }) => {
  it('covers in every epoch what it promises', () => {
    fc.assert(
      fc.property(settings, fc.nat(1000), (given, epoch) => {
        const sampler = create(given);
        const counts = given.labels.map(() => 0);
        for (const index of sampler.indices(epoch)) counts[index]!++;
        // An index that is not in the dataset would have made NaN of a number there is not.
        expect(counts).toHaveLength(given.labels.length);
        expect(sum(counts)).toBe(sampler.length);
        expect(covers(counts, given)).toBe(true);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('is pure in seed and epoch, whatever was asked for before', () => {
    fc.assert(
      fc.property(settings, fc.nat(1000), fc.nat(1000), fc.nat(20), (given, epoch, other, begun) => {
        const used = create(given);
        const left = used.indices(other)[Symbol.iterator]();
        for (let i = 0; i < begun; i++) left.next();
        expect([...used.indices(epoch)]).toEqual([...create(given).indices(epoch)]);
        // Two epochs at once do not disturb each other.
        const rest: number[] = [];
        for (let next = left.next(); next.done !== true; next = left.next()) rest.push(next.value);
        expect(rest).toEqual([...create(given).indices(other)].slice(begun));
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('is continued in the middle of an epoch by leaving out the batches already seen', () => {
    fc.assert(
      fc.property(
        settings,
        fc.nat(100),
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (given, epoch, shorter, share) => {
          const sampler = create(given);
          const batchSize = sampler.batchSize ?? given.batchSize;
          const options = { batchSize, dropLast: shorter && sampler.length >= batchSize };
          const all = [...new BatchSampler(sampler, options).batches(epoch)];
          const again = new BatchSampler(create(given), options);
          expect(all).toHaveLength(again.length);
          const seen = Math.floor(share * all.length);
          const rest = again.batches(epoch)[Symbol.iterator]();
          for (let batch = 0; batch < seen; batch++) rest.next();
          for (const batch of all.slice(seen)) expect(rest.next()).toEqual({ done: false, value: batch });
          expect(rest.next().done).toBe(true);
          const kept = options.dropLast ? all.length * batchSize : sampler.length;
          expect(all.flat()).toEqual([...sampler.indices(epoch)].slice(0, kept));
          expect(all.slice(0, -1).every(({ length }) => length === batchSize)).toBe(true);
        },
      ),
      { seed: 3, numRuns: 60 },
    );
  });
});

it('every sampler of the package is among these', () => {
  const tested = new Set<unknown>(
    rows.map(({ create }) => create({ labels: [0, 1], seed: 1, batchSize: 2 }).constructor),
  );
  const exported = Object.values<unknown>(samplers).filter((value) => typeof value === 'function');
  // The base class, and what cuts the indices of all of them into batches.
  const others: readonly unknown[] = [PrevalenceSampler, BatchSampler];
  expect(exported.filter((value) => !tested.has(value) && !others.includes(value))).toEqual([]);
});
