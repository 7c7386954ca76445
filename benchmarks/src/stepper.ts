import { type Feeds, TrainableSystem } from '@delira/core';
import { adam, adamW, sgd } from '@delira/optim';
import { StepsPerCall } from '@delira/training';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { countFlops } from './countFlops.js';
import { choice, positiveInteger, shapeOption } from './Measurement.js';
import { modelNamed } from './models/index.js';
import { optimizersFor } from './models/optimizersFor.js';
import { memory } from './steppers/memory.js';
import { timedEngineNames, timedEngines } from './steppers/timedEngines.js';

const optimizers = {
  sgd: () => sgd({ lr: 1e-3, momentum: 0.9 }),
  adam: () => adam({ lr: 1e-3 }),
  adamw: () => adamW({ lr: 1e-3 }),
};

/** Calls longer than this settle nothing further: they hold one step each. */
const WARM_UP_MS = 4000;

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** Answers the stepping protocol with one of this project's engines, as `peers/torchTrain.py` does with PyTorch. */
const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', default: 'resnet18' },
      shape: { type: 'string', default: '32,1,64,64' },
      threads: { type: 'string', default: '2' },
      optimizer: { type: 'string', default: 'adam' },
      mode: { type: 'string', default: 'train' },
      'steps-per-call': { type: 'string', default: 'auto' },
      flavour: { type: 'string', default: 'auto' },
      engine: { type: 'string', default: 'onnx-training' },
    },
  });
  const shape = shapeOption(values);
  const model = modelNamed(values.model);
  const mode = choice(values, 'mode', ['train', 'predict']);
  const network = model.create(shape);
  const createOptimizer = optimizers[choice(values, 'optimizer', ['sgd', 'adam', 'adamw'])];
  const system = new TrainableSystem(network, {
    losses: model.losses,
    ...(mode === 'train' ? { optimizers: optimizersFor(network, createOptimizer) } : {}),
  });
  const batches = [1, 2, 3, 4].map((seed) => model.batch(shape, seed, mode));
  const signature = Object.fromEntries(
    Object.entries(batches[0] ?? {}).map(([name, array]) => [name, { shape: array.shape, dtype: array.dtype }]),
  );
  const threads = positiveInteger(values, 'threads');
  const flavour = choice(values, 'flavour', ['auto', 'portable', 'tuned']);
  const engine = choice(values, 'engine', timedEngineNames);
  const backend = await timedEngines[engine]({ threads, flavour });

  const traced = performance.now();
  const program = mode === 'train' ? system.traceTrain(signature) : system.tracePredict(signature);
  const compiling = performance.now();
  const executable = await backend.compile(program);
  const compiled = performance.now();
  const initial = system.initialState(0);
  const state = await backend.createState(initial, { transfer: new Set(initial.keys()) });

  let done = 0;
  const call = async (steps: number): Promise<number> => {
    const feeds = Array.from({ length: steps }, (): Feeds => ({
      batch: batches[done++ % batches.length] ?? {},
      hyper: system.hyper,
      seed: [0, done],
    }));
    const start = performance.now();
    await executable.run(state, feeds, { finite: mode === 'train' ? Object.keys(program.outputs) : [] });
    return performance.now() - start;
  };

  // The trainer's own choice needs to see a few calls; predictions are asked for one batch at a time.
  const wanted = values['steps-per-call'];
  const policy = new StepsPerCall(
    mode === 'predict' ? 1 : wanted === 'auto' ? 'auto' : positiveInteger(values, 'steps-per-call'),
  );
  for (let spent = 0, calls = 0; calls < 4 && spent < WARM_UP_MS; calls++) {
    const { steps } = policy;
    const milliseconds = await call(steps);
    policy.observe(steps, milliseconds);
    spent += milliseconds;
  }
  const stepsPerCall = policy.steps;
  say({
    ready: true,
    ...(engine.startsWith('onnx-') ? {} : { flavour: engine, reason: 'it has only one' }),
    ...backend.info,
    stepsPerCall,
    traceMs: compiling - traced,
    compileMs: compiled - traced,
    nodes: program.nodes.length,
    flops: countFlops(program),
  });

  for await (const line of createInterface({ input: process.stdin })) {
    const ms: number[] = [];
    for (let left = Number(line); left > 0; left -= stepsPerCall) {
      const steps = Math.min(stepsPerCall, left);
      ms.push((await call(steps)) / steps);
    }
    say({ ms, ...memory() });
  }
  await executable.dispose();
  await state.dispose();
  await backend.dispose();
};

await main();
