import { SkippedError } from '@delira/interop/engines';
import { PythonUnavailableError } from '@delira/interop/python';
import { formatTable } from '../formatTable.js';
import { type Measurement, type OptionValues, positiveInteger } from '../Measurement.js';
import { modelNamed } from '../models/index.js';
import type { Mode } from '../models/TimedModel.js';
import { median, rounded } from '../statistics.js';
import { startEngine } from '../steppers/startEngine.js';
import { startTorch } from '../steppers/startTorch.js';
import type { Stepper } from '../steppers/Stepper.js';
import { type TimedEngine, timedEngineNames } from '../steppers/timedEngines.js';
import { alternate, type Timed, timed } from '../timing/alternate.js';

type EngineName = TimedEngine | 'torch';

/** Small enough for WebAssembly on one core; large enough that kernels, not calls, take the time. */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  unet2d: [1, 1, 64, 64],
  unet3d: [1, 1, 16, 32, 32],
  resnet18: [16, 1, 64, 64],
  'resnet18-3d': [2, 1, 32, 32, 32],
  vgg3d: [1, 1, 32, 64, 64],
  dcgan: [8, 1, 64, 64],
};

const names: readonly EngineName[] = [...timedEngineNames, 'torch'];
const DEFAULT_ENGINES = 'onnx-training,onnx-inference,tfjs-node,tfjs-wasm,torch';

/** What a step takes at most, against whom; `wasmCostPerFlop`: a training step in WebAssembly, against the network's forward pass there. */
const LIMITS = { trainAgainstTfjsNode: 0.5, predictAgainstTorch: 0.8, wasmCostPerFlop: 3 };

/** Training steps in a turn. */
const STEPS = 2;

/** Length of a turn of predictions in milliseconds: the first after an engine has waited for four others find cold caches and threads that sleep. */
const TURN = 500;

type Times = Record<string, { trainMs?: number; predictMs?: number }>;

/** By model, of a training step and of a prediction. */
type Flops = Record<string, Partial<Record<Mode, number>>>;

const namesOf = (values: OptionValues, option: string, known: readonly string[]): readonly string[] => {
  const wanted = String(values[option]).split(',');
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new RangeError(`--${option} has ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  return wanted;
};

interface Turn {
  readonly model: string;
  readonly mode: Mode;
  readonly threads: number;
  readonly rounds: number;
}

/** An engine that is not here gives its reason. */
async function start(engine: EngineName, { model, mode, threads }: Turn): Promise<Stepper | string> {
  const options = { model, shape: SHAPES[model]!, threads, optimizer: 'adam', mode } as const;
  try {
    return await (engine === 'torch' ? startTorch(options) : startEngine(engine, options));
  } catch (error) {
    if (error instanceof SkippedError || error instanceof PythonUnavailableError) return error.message;
    throw error;
  }
}

/** The median step of each engine, which take turns; those in `missing` are left out. And the step's operations, where one of ours ran. */
async function time(
  engines: readonly EngineName[],
  turn: Turn,
  missing: Map<EngineName, string>,
): Promise<{ readonly medians: ReadonlyMap<EngineName, number>; readonly flops: number | undefined }> {
  const started = new Map<EngineName, Timed>();
  try {
    for (const engine of engines) {
      if (missing.has(engine) || (engine === 'onnx-inference' && turn.mode === 'train')) continue;
      const stepper = await start(engine, turn);
      if (typeof stepper === 'string') missing.set(engine, stepper);
      else started.set(engine, timed(stepper));
    }
    const all = [...started.values()];
    const calls = all.map(({ stepper }) => Number(stepper.ready['stepsPerCall'] ?? 1));
    // Two rounds that are not counted: first steps allocate and choose kernels.
    await alternate(all, 2, () => Math.max(...calls));
    const lengths = new Map(
      all.map((engine) => [engine, turn.mode === 'train' ? STEPS : Math.ceil(TURN / Math.min(...engine.rounds))]),
    );
    for (const engine of all) engine.rounds.length = 0;
    await alternate(all, turn.rounds, (engine) => Math.max(lengths.get(engine)!, ...calls));
  } finally {
    await Promise.all([...started.values()].map(({ stepper }) => stepper.close()));
  }
  const counts = [...started.values()].map(({ stepper }) => stepper.ready['flops']);
  return {
    medians: new Map([...started].map(([engine, { rounds }]) => [engine, rounded(median(rounds))])),
    flops: counts.find((count): count is number => typeof count === 'number'),
  };
}

/** Ratios of one engine's times to another's, by model; none where either was not timed. */
const ratios = (
  results: ReadonlyMap<EngineName, Times>,
  [ours, peer]: readonly [EngineName, EngineName],
  of: 'trainMs' | 'predictMs',
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(results.get(ours) ?? {}).flatMap(([model, times]) => {
      const [own, other] = [times[of], results.get(peer)?.[model]?.[of]];
      return own === undefined || other === undefined ? [] : [[model, rounded(own / other)] as const];
    }),
  );

/**
 * What an operation of a training step in WebAssembly costs, in units of one of tfjs-wasm's own forward pass. That is the same network's prediction:
 * ResNet18 written with the public functions of tfjs took 8 % longer. tfjs-wasm has no convolution of volumes; for those it is the
 * only forward pass.
 */
const costPerFlop = (wasm: Times, flops: Flops): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(wasm).flatMap(([model, { trainMs, predictMs }]) => {
      const { train, predict } = flops[model] ?? {};
      if (trainMs === undefined || predictMs === undefined || train === undefined || predict === undefined) return [];
      return [[model, rounded(trainMs / train / (predictMs / predict))] as const];
    }),
  );

const within = (found: Readonly<Record<string, number>>, limit: number): boolean =>
  Object.values(found).every((ratio) => ratio <= limit);

/** The same steps and predictions on every engine that is here. */
export const engines: Measurement = {
  name: 'engines',
  description: 'times the same networks on every engine that is here, in turns',
  options: {
    engine: { type: 'string', default: DEFAULT_ENGINES },
    model: { type: 'string', default: Object.keys(SHAPES).join() },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
  },
  help: [
    `--engine A,B,…   ${names.join(', ')}`,
    `                 (default ${DEFAULT_ENGINES})`,
    `--model A,B,…    ${Object.keys(SHAPES).join(', ')} (default all)`,
    '--threads N      threads of every engine that can have several (default 2)',
    '--rounds N       rounds; the engines take turns in each (default 5)',
  ],
  async run(values) {
    const chosen = namesOf(values, 'engine', names) as readonly EngineName[];
    const models = namesOf(values, 'model', Object.keys(SHAPES));
    const [threads, rounds] = [positiveInteger(values, 'threads'), positiveInteger(values, 'rounds')];
    const missing = new Map<EngineName, string>();
    const results = new Map<EngineName, Times>(chosen.map((engine) => [engine, {}]));
    const operations: Flops = {};
    for (const model of models) {
      modelNamed(model);
      for (const mode of ['train', 'predict'] as const) {
        const { medians, flops } = await time(chosen, { model, mode, threads, rounds }, missing);
        if (flops !== undefined) operations[model] = { ...operations[model], [mode]: flops };
        for (const [engine, ms] of medians) {
          const times = results.get(engine)!;
          times[model] = { ...times[model], [mode === 'train' ? 'trainMs' : 'predictMs']: ms };
        }
      }
      const cells = chosen.flatMap((engine) => {
        const times = results.get(engine)?.[model];
        return times === undefined
          ? []
          : [[engine, times.trainMs?.toFixed(1) ?? '', times.predictMs?.toFixed(1) ?? '']];
      });
      console.log(`${model} [${SHAPES[model]!.join(', ')}], float32, Adam, ${threads} threads`);
      console.log(formatTable([['median ms', 'training step', 'prediction'], ...cells]));
    }
    for (const [engine, reason] of missing) {
      console.log(`${engine} was not timed: ${reason}`);
      results.delete(engine);
    }

    const found = {
      trainAgainstTfjsNode: ratios(results, ['onnx-training', 'tfjs-node'], 'trainMs'),
      predictAgainstTorch: ratios(results, ['onnx-inference', 'torch'], 'predictMs'),
      wasmCostPerFlop: costPerFlop(results.get('tfjs-wasm') ?? {}, operations),
    };
    const limits = [
      [`onnx-training's step against tfjs-node's`, found.trainAgainstTfjsNode, LIMITS.trainAgainstTfjsNode],
      [`onnx-inference's prediction against PyTorch's`, found.predictAgainstTorch, LIMITS.predictAgainstTorch],
      [`tfjs-wasm's step against its prediction, per FLOP`, found.wasmCostPerFlop, LIMITS.wasmCostPerFlop],
    ] as const;
    for (const [what, figures, limit] of limits) {
      const list = Object.entries(figures).map(([model, ratio]) => `${model} ${ratio.toFixed(2)}`);
      if (list.length > 0) console.log(`${what}, at most ${limit}: ${list.join(', ')}`);
    }
    const settled = limits.every(([, figures]) => Object.keys(figures).length > 0);
    const kept = limits.every(([, figures, limit]) => within(figures, limit));
    return {
      ...(Object.fromEntries(results) as Record<string, Record<string, Record<string, number>>>),
      flops: operations as Record<string, Record<string, number>>,
      ...found,
      limits: LIMITS,
      passed: kept && !settled ? null : kept,
    };
  },
};
