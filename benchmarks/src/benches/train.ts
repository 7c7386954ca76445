import { cpus } from 'node:os';
import { PythonUnavailableError } from '@delira/interop/python';
import { formatTable } from '../formatTable.js';
import { choice, type Measurement, positiveInteger, shapeOption } from '../Measurement.js';
import { modelNamed, models } from '../models/index.js';
import { mean, median, rounded } from '../statistics.js';
import { startOurs } from '../steppers/startOurs.js';
import { startTorch } from '../steppers/startTorch.js';
import type { Stepper } from '../steppers/Stepper.js';

interface Timed {
  readonly stepper: Stepper;
  /** Mean step of each round, in milliseconds. */
  readonly rounds: number[];
  peakRssMb: number;
}

const peerOrReason = async (start: () => Promise<Stepper>): Promise<Stepper | string> => {
  try {
    return await start();
  } catch (error) {
    if (error instanceof PythonUnavailableError) return error.message;
    throw error;
  }
};

const perStep = (milliseconds: number): string => milliseconds.toFixed(1);

/** Alternates the engines, so that each sees the machine in the same states; the one that begins changes every round. */
const alternate = async (engines: readonly Timed[], rounds: number, steps: number): Promise<void> => {
  for (let round = 0; round < rounds; round++) {
    const first = round % engines.length;
    for (const engine of [...engines.slice(first), ...engines.slice(0, first)]) {
      const { ms, peakRssMb } = await engine.stepper.steps(steps);
      // Calls of unequal length never occur: `steps` is a multiple of every K.
      engine.rounds.push(mean(ms));
      engine.peakRssMb = peakRssMb;
    }
  }
};

/** Our training step against PyTorch's, in alternating rounds of equally many steps. */
export const train: Measurement = {
  name: 'train',
  description: 'times our training step and a peer’s in alternating rounds on the same machine',
  options: {
    model: { type: 'string', default: 'resnet18' },
    peer: { type: 'string', default: 'torch' },
    shape: { type: 'string' },
    'steps-per-call': { type: 'string', default: 'auto' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '10' },
    optimizer: { type: 'string', default: 'adam' },
    flavour: { type: 'string', default: 'auto' },
    mode: { type: 'string', default: 'train' },
  },
  help: [
    `--model NAME          ${Object.keys(models).join(', ')} (default resnet18)`,
    '--peer torch|none     what to compare with (default torch)',
    '--shape N,C,H,W       batch, channels and extent (default: the model’s own)',
    '--steps-per-call K    steps in one call of our engine (default: what the trainer chooses)',
    '--threads N           threads of both engines (default 2)',
    '--rounds N            rounds; the engines take turns in each (default 10)',
    '--optimizer NAME      sgd, adam or adamw (default adam)',
    '--flavour NAME        auto, portable or tuned (default auto)',
    '--mode train|predict  what a step is (default train)',
  ],
  async run(values) {
    const name = String(values['model']);
    const model = modelNamed(name);
    const shape = values['shape'] === undefined ? model.shape : shapeOption(values);
    const mode = choice(values, 'mode', ['train', 'predict']);
    const peer = choice(values, 'peer', ['torch', 'none']);
    const optimizer = choice(values, 'optimizer', ['sgd', 'adam', 'adamw']);
    const flavour = choice(values, 'flavour', ['auto', 'portable', 'tuned']);
    const threads = positiveInteger(values, 'threads');
    const rounds = positiveInteger(values, 'rounds');
    const wanted = values['steps-per-call'] === 'auto' ? 'auto' : positiveInteger(values, 'steps-per-call');
    const options = { model: name, shape, threads, optimizer, mode };

    const ours = await startOurs({ ...options, stepsPerCall: wanted, flavour });
    const stepsPerCall = Number(ours.ready['stepsPerCall']);
    const single = stepsPerCall === 1 ? ours : await startOurs({ ...options, stepsPerCall: 1, flavour });
    const torch = peer === 'none' ? 'No peer was asked for.' : await peerOrReason(() => startTorch(options));
    if (typeof torch === 'string') console.log(torch);

    const timed = (stepper: Stepper): Timed => ({ stepper, rounds: [], peakRssMb: NaN });
    const [oursTimed, singleTimed] = [timed(ours), timed(single)];
    const peerTimed = typeof torch === 'string' ? null : timed(torch);
    const engines = [oursTimed, ...(single === ours ? [] : [singleTimed]), ...(peerTimed === null ? [] : [peerTimed])];
    try {
      // One round that is not counted: the peer's first steps allocate and choose kernels.
      await alternate(engines, 1, stepsPerCall);
      for (const engine of engines) engine.rounds.length = 0;
      await alternate(engines, rounds, stepsPerCall);
    } finally {
      await Promise.all(engines.map(({ stepper }) => stepper.close()));
    }

    const row = (label: string, { rounds: times, peakRssMb }: Timed): readonly string[] => [
      label,
      perStep(median(times)),
      perStep(Math.min(...times)),
      peerTimed === null ? '' : (median(times) / median(peerTimed.rounds)).toFixed(2),
      peerTimed === null ? '' : (Math.min(...times) / Math.min(...peerTimed.rounds)).toFixed(2),
      peakRssMb.toFixed(0),
    ];
    console.log(
      `${name} ${mode} [${shape.join(', ')}] float32, ${mode === 'train' ? `${optimizer}, ` : ''}${threads} threads, flavour ${String(ours.ready['flavour'])} (${String(ours.ready['reason'])}), ${cpus()[0]?.model ?? 'unknown CPU'}`,
    );
    console.log(
      formatTable([
        ['ms per step', 'median', 'best', 'ratio', 'ratio of best', 'peak MiB'],
        ...(single === ours ? [] : [row('ours, K = 1', singleTimed)]),
        row(`ours, K = ${stepsPerCall}`, oursTimed),
        ...(peerTimed === null ? [] : [row(`PyTorch ${String(peerTimed.stepper.ready['torch'])}`, peerTimed)]),
      ]),
    );
    console.log(`Tracing and compiling took ${(Number(ours.ready['compileMs']) / 1000).toFixed(2)} s.`);

    return {
      model: name,
      shape,
      peer,
      mode,
      oursMs: rounded(median(oursTimed.rounds)),
      peerMs: peerTimed === null ? null : rounded(median(peerTimed.rounds)),
      ratio: peerTimed === null ? null : rounded(median(oursTimed.rounds) / median(peerTimed.rounds)),
      ratioBest: peerTimed === null ? null : rounded(Math.min(...oursTimed.rounds) / Math.min(...peerTimed.rounds)),
      oursRssMb: rounded(oursTimed.peakRssMb, 1),
      peerRssMb: peerTimed === null ? null : rounded(peerTimed.peakRssMb, 1),
      compileMs: rounded(Number(ours.ready['compileMs']), 1),
      stepsPerCall,
      oursMsSingleStep: rounded(median((single === ours ? oursTimed : singleTimed).rounds)),
      threads,
      optimizer,
      flavour: String(ours.ready['flavour']),
      rounds,
    };
  },
};
