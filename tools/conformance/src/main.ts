import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createReferenceBackend } from '@delira/backend-reference';
import { SkippedError } from '@delira/interop/engines';
import { saveCheckpoint } from '@delira/io';
import { compareSteps, type Difference } from './compareSteps.js';
import { engines, type EngineUnderTest } from './engines.js';
import { networks } from './networks.js';
import { runEngine } from './runEngine.js';
import { loadTold, type Steps } from './Steps.js';
import { resumeSteps, takeSteps } from './takeSteps.js';

const names = [...new Set(networks.map(({ model }) => model))];

const help = `Takes the first two training steps of every network on every engine, and compares them with the float64 reference:
losses, gradients, the state after a step, and the next step of each from the other one's checkpoint.

  npm run conformance -- [options]

  --engine NAME[,NAME]  ${engines.map(({ name }) => name).join(', ')} (default all)
  --model NAME[,NAME]   ${names.join(', ')} (default all)
  --quick               one configuration of each network
  --threads N           of the ONNX engine (default 2)
  --require             an engine that is not here fails
  --help

A figure is the largest difference in units of what conformance allows, so 1 is the limit. The last line is one JSON object:
engine → network → figures. tfjs-node is built once, in .venv-interop-tfjs-node; WebGPU runs on a software device.
`;

type Figures = Readonly<Record<string, number | string>>;
type Result = Readonly<Record<string, Figures>> | { readonly skipped: string } | { readonly failed: string };

interface Options {
  readonly folder: string;
  readonly networks: readonly number[];
  readonly threads: number;
}

const reference = createReferenceBackend();

const described = ({ what, excess, name }: Difference): string =>
  `${what} ${excess.toPrecision(2)}${excess > 1 ? ` (${name}) FAILED` : ''}`;

async function compareNetwork(path: string, index: number, expected: Steps): Promise<readonly Difference[]> {
  const { comparison } = networks[index]!;
  const told = await loadTold(path);
  const resumedByReference = await resumeSteps(comparison, reference, told.steps.state);
  return compareSteps({ ...told, reference: expected, resumedByReference });
}

async function runOne(
  engine: EngineUnderTest,
  options: Options,
  expected: ReadonlyMap<number, Steps>,
): Promise<{ readonly result: Result; readonly failures: number }> {
  try {
    const errors = await runEngine(engine, options);
    const result: Record<string, Figures> = {};
    let failures = 0;
    for (const [index, steps] of expected) {
      const { label } = networks[index]!.comparison;
      const error = errors[index];
      if (error !== undefined) {
        failures++;
        result[label] = { error };
        console.log(`${engine.name}  ${label}  FAILED: ${error}`);
        continue;
      }
      const path = join(options.folder, `${engine.name}-${index}.safetensors`);
      const differences = await compareNetwork(path, index, steps);
      if (differences.some(({ excess }) => !(excess <= 1))) failures++;
      result[label] = Object.fromEntries(differences.map(({ what, excess }) => [what, Number(excess.toPrecision(3))]));
      console.log(`${engine.name}  ${label}  ${differences.map(described).join(', ')}`);
    }
    return { result, failures };
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
      quick: { type: 'boolean', default: false },
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
  const chosen = networks.flatMap(({ model }, index) => {
    const isFirst = networks.findIndex((other) => other.model === model) === index;
    return wantedModels.includes(model) && (isFirst || !values.quick) ? [index] : [];
  });

  const folder = await mkdtemp(join(tmpdir(), 'delira-conformance-'));
  try {
    const expected = new Map<number, Steps>();
    for (const index of chosen) {
      const { comparison } = networks[index]!;
      process.stderr.write(`reference: ${comparison.label}\n`);
      const steps = await takeSteps(comparison, reference);
      expected.set(index, steps);
      await saveCheckpoint(join(folder, `reference-${index}.safetensors`), { tensors: steps.state, meta: null });
    }
    const results: Record<string, Result> = {};
    let failures = 0;
    for (const engine of engines.filter(({ name }) => wantedEngines.includes(name))) {
      const outcome = await runOne(engine, { folder, networks: chosen, threads }, expected);
      results[engine.name] = outcome.result;
      failures += outcome.failures + (values.require && 'skipped' in outcome.result ? 1 : 0);
    }
    console.log(JSON.stringify(results));
    return failures === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await reference.dispose();
  }
};

process.exitCode = await main();
