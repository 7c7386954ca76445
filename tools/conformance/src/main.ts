import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createReferenceBackend } from '@delira/backend-reference';
import type { NDArray } from '@delira/core';
import { formatTable } from '@delira/interop/formatTable';
import { SkippedError } from '@delira/interop/engines';
import { saveCheckpoint } from '@delira/io';
import { bestOf, comparePredictions, compareSteps, type Difference, worstOf } from './compareSteps.js';
import { engines, type EngineUnderTest } from './engines.js';
import { networks } from './networks.js';
import { runEngine } from './runEngine.js';
import { loadTold, type Steps } from './Steps.js';
import { openTraining, predict, type Training } from './takeSteps.js';

const names = [...new Set(networks.map(({ model }) => model))];

const help = `Takes the first two training steps of every network on every engine, and compares them with the float64 reference:
losses, gradients, the state after a step, the next step of each from the other one's checkpoint, and predictions.

  npm run conformance -- [options]

  --engine NAME[,NAME]  ${engines.map(({ name }) => name).join(', ')} (default all)
  --model NAME[,NAME]   ${names.join(', ')} (default all)
  --all                 every configuration of each network, ResNet18 at its full width (default: one of each, small enough for any engine)
  --threads N           of the ONNX engine (default 2)
  --require             an engine that is not here fails
  --help

A figure is the largest difference in units of what conformance allows, so 1 is the limit. The last line is one JSON object:
engine → network → figures. tfjs-node is built once, in .venv-interop-tfjs-node; WebGPU runs on a software device.
`;

type Figures = Readonly<Record<string, number | string>>;
type Result = Readonly<Record<string, Figures>> | { readonly skipped: string } | { readonly failed: string };

interface Options {
  /** Of their own files. */
  readonly folder: string;
  readonly networks: readonly number[];
  readonly threads: number;
}

const ROUNDS = 8;

const reference = createReferenceBackend();

/** What the reference computes of a network. */
interface Reference {
  readonly training: Training;
  readonly steps: Steps;
  readonly predictions: ReadonlyMap<string, NDArray>;
}

const references = new Map<string, Reference>();

/** Computed once; its checkpoint is written for the engines. */
async function referenceOf(folder: string, index: number, round: number): Promise<Reference> {
  const key = `${index}-${round}`;
  const known = references.get(key);
  if (known !== undefined) return known;
  const { comparison } = networks[index]!;
  process.stderr.write(`reference: ${comparison.label}\n`);
  const training = await openTraining(comparison, reference, { round });
  const steps = await training.takeSteps();
  const predictions = await predict(comparison, reference, steps.state, { round });
  await saveCheckpoint(join(folder, `reference-${key}.safetensors`), { tensors: steps.state, meta: null });
  const computed = { training, steps, predictions };
  references.set(key, computed);
  return computed;
}

/** Of one network: how long the engine took, and its differences or why it could not be run. */
interface Found {
  readonly seconds: number;
  readonly differences: readonly Difference[] | string;
}

/** One round, by network. */
async function runRound(
  engine: EngineUnderTest,
  { folder, networks: chosen, threads }: Options,
  round: number,
): Promise<ReadonlyMap<number, Found>> {
  for (const index of chosen) await referenceOf(folder, index, round);
  const report = await runEngine(engine, { folder, networks: chosen, round, threads });
  const found = new Map<number, Found>();
  for (const index of chosen) {
    const { seconds, error } = report[index] ?? { seconds: 0, error: 'its process said nothing of it' };
    if (error !== undefined) {
      found.set(index, { seconds, differences: error });
      continue;
    }
    const path = join(folder, `${engine.name}-${index}-${round}.safetensors`);
    const { trained, predictions } = await loadTold(path);
    await rm(path);
    const expected = await referenceOf(folder, index, round);
    const training =
      trained === null
        ? []
        : compareSteps({
            ...trained,
            reference: expected.steps,
            resumedByReference: await expected.training.resume(trained.steps.state),
          });
    found.set(index, { seconds, differences: [...training, comparePredictions(predictions, expected.predictions)] });
  }
  return found;
}

const agrees = (differences: readonly Difference[]): boolean =>
  differences.every((difference) => worstOf(difference).excess <= 1);

const described = (difference: Difference): string => {
  const { name, excess } = worstOf(difference);
  return `${difference.what} ${excess.toPrecision(2)}${excess > 1 ? ` (${name}) FAILED` : ''}`;
};

/** Every network on one engine, and again on other batches where it does not agree. */
async function runNetworks(
  engine: EngineUnderTest,
  options: Options,
): Promise<{ readonly result: Readonly<Record<string, Figures>>; readonly failures: number }> {
  const rounds = new Map<number, (readonly Difference[])[]>();
  const times = new Map<number, number>();
  const result: Record<string, Figures> = {};
  let failures = 0;
  let left = options.networks;
  for (let round = 0; round < ROUNDS && left.length > 0; round++) {
    const found = await runRound(engine, { ...options, networks: left }, round);
    const again: number[] = [];
    for (const [index, { seconds, differences }] of found) {
      const { label } = networks[index]!.comparison;
      times.set(index, (times.get(index) ?? 0) + seconds);
      if (typeof differences === 'string') {
        failures++;
        result[label] = { error: differences };
        console.log(`${engine.name}  ${label}  FAILED: ${differences}`);
        continue;
      }
      const all = [...(rounds.get(index) ?? []), differences];
      rounds.set(index, all);
      const best = bestOf(all);
      if (!agrees(best) && round + 1 < ROUNDS) {
        again.push(index);
        continue;
      }
      if (!agrees(best)) failures++;
      const figures = best.map((difference) => [difference.what, Number(worstOf(difference).excess.toPrecision(3))]);
      const took = Number(times.get(index)!.toFixed(1));
      result[label] = { ...(Object.fromEntries(figures) as Figures), rounds: all.length, seconds: took };
      const note = all.length === 1 ? '' : `, best of ${all.length} rounds`;
      console.log(`${engine.name}  ${label}  ${best.map(described).join(', ')}${note}, ${took} s`);
    }
    left = again;
  }
  return { result, failures };
}

/** By engine and network, the largest figure of all: at most 1 where it agrees. */
function table(results: Readonly<Record<string, Result>>, labels: readonly string[]): string {
  const cell = (figures: Figures | string | undefined): string => {
    if (figures === undefined || typeof figures === 'string') return '';
    if ('error' in figures) return 'FAILED';
    const excesses = Object.entries(figures).flatMap(([what, figure]) =>
      what === 'rounds' || what === 'seconds' ? [] : [Number(figure)],
    );
    const largest = Math.max(...excesses);
    return `${largest.toPrecision(2)}${largest > 1 ? ' FAILED' : ''} (${figures['seconds']} s)`;
  };
  const rows = Object.entries(results).flatMap(([engine, result]) => {
    if ('skipped' in result) return [[engine, 'skipped']];
    if ('failed' in result) return [[engine, 'FAILED']];
    return [[engine, ...labels.map((label) => cell(result[label]))]];
  });
  return formatTable(['largest difference', ...labels.map((label) => label.replace(/ \[.*/u, ''))], rows);
}

async function runOne(
  engine: EngineUnderTest,
  options: Options,
): Promise<{ readonly result: Result; readonly failures: number }> {
  try {
    return await runNetworks(engine, options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const skipped = error instanceof SkippedError;
    console.log(`${engine.name}  ${skipped ? 'skipped' : 'FAILED'}: ${message}`);
    return skipped ? { result: { skipped: message }, failures: 0 } : { result: { failed: message }, failures: 1 };
  }
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string' },
      model: { type: 'string' },
      all: { type: 'boolean', default: false },
      threads: { type: 'string', default: '2' },
      require: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const wantedEngines = values.engine?.split(',') ?? engines.map(({ name }) => name);
  const wantedModels = values.model?.split(',') ?? names;
  const unknown = [
    ...wantedEngines.filter((name) => !engines.some((engine) => engine.name === name)),
    ...wantedModels.filter((name) => !names.includes(name)),
  ];
  const threads = Number(values.threads);
  if (unknown.length > 0 || !Number.isInteger(threads) || threads < 1) {
    const what =
      unknown.length > 0
        ? `There is no engine or model named ${unknown.join(', ')}`
        : `--threads ${values.threads} is not a positive integer`;
    process.stderr.write(`${what}.\n\n${help}`);
    return 2;
  }
  const chosen = networks.flatMap(({ model, small }, index) =>
    wantedModels.includes(model) && (small || values.all) ? [index] : [],
  );

  const folder = await mkdtemp(join(tmpdir(), 'delira-conformance-'));
  try {
    const results: Record<string, Result> = {};
    let failures = 0;
    for (const engine of engines.filter(({ name }) => wantedEngines.includes(name))) {
      const outcome = await runOne(engine, { folder, networks: chosen, threads });
      results[engine.name] = outcome.result;
      failures += outcome.failures + (values.require && 'skipped' in outcome.result ? 1 : 0);
    }
    const labels = chosen.map((index) => networks[index]!.comparison.label);
    console.log(`\n${table(results, labels)}\n${failures === 0 ? 'passed' : `${failures} FAILED`}`);
    console.log(JSON.stringify(results));
    return failures === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await reference.dispose();
  }
};

process.exitCode = await main();
