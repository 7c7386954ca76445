import { cpus } from 'node:os';
import { PythonUnavailableError } from '@delira/interop/python';
import { formatTable } from '../formatTable.js';
import type { TimedShape } from '../models/TimedModel.js';
import { median, rounded } from '../statistics.js';
import { type Engine, startOurs } from '../steppers/startOurs.js';
import { startTorch } from '../steppers/startTorch.js';
import type { Stepper } from '../steppers/Stepper.js';
import type { StepperOptions } from '../steppers/stepperOptions.js';
import { alternate, type Timed, timed } from './alternate.js';

export interface CompareOptions extends Omit<StepperOptions, 'shape'> {
  readonly peer: 'torch' | 'none';
  readonly stepsPerCall: number | 'auto';
  readonly flavour: string;
  readonly engine: Engine;
  readonly rounds: number;
  readonly timed: TimedShape;
  /** The most of the peer's peak memory that ours may take; null: any. */
  readonly memoryLimit: number | null;
}

/** What one shape gave; the last line of a bench carries it. */
export interface Compared {
  readonly model: string;
  readonly shape: readonly number[];
  readonly peer: string;
  readonly mode: string;
  readonly oursMs: number;
  readonly peerMs: number | null;
  readonly ratio: number | null;
  readonly ratioBest: number | null;
  readonly limit: number;
  readonly oursRssMb: number;
  readonly peerRssMb: number | null;
  readonly memoryRatio: number | null;
  readonly memoryLimit: number | null;
  readonly compileMs: number;
  readonly stepsPerCall: number;
  readonly oursMsSingleStep: number;
  readonly threads: number;
  readonly optimizer: string;
  readonly flavour: string;
  readonly rounds: number;
  /** Whether both limits were kept; null without a peer. */
  readonly passed: boolean | null;
}

const peerOrReason = async (start: () => Promise<Stepper>): Promise<Stepper | string> => {
  try {
    return await start();
  } catch (error) {
    if (error instanceof PythonUnavailableError) return error.message;
    throw error;
  }
};

const bestOf = ({ rounds }: Timed): number => Math.min(...rounds);

const tableRow = (label: string, engine: Timed, peer: Timed | null): readonly string[] => [
  label,
  median(engine.rounds).toFixed(1),
  bestOf(engine).toFixed(1),
  peer === null ? '' : (median(engine.rounds) / median(peer.rounds)).toFixed(2),
  peer === null ? '' : (bestOf(engine) / bestOf(peer)).toFixed(2),
  engine.peakRssMb.toFixed(0),
  engine.rssMb.toFixed(0),
];

/** Our step of one shape against the peer's, in alternating rounds of equally many steps; prints its table. */
export async function compareWithPeer(options: CompareOptions): Promise<Compared> {
  const { model, threads, optimizer, mode, peer, flavour, engine, rounds, memoryLimit } = options;
  const { shape, limit } = options.timed;
  const common = { model, shape, threads, optimizer, mode };
  const ours = await startOurs({ ...common, stepsPerCall: options.stepsPerCall, flavour, engine });
  const stepsPerCall = Number(ours.ready['stepsPerCall']);
  const single = stepsPerCall === 1 ? ours : await startOurs({ ...common, stepsPerCall: 1, flavour, engine });
  const torch = peer === 'none' ? 'No peer was asked for.' : await peerOrReason(() => startTorch(common));
  if (typeof torch === 'string') console.log(torch);

  const oursTimed = timed(ours);
  const singleTimed = single === ours ? oursTimed : timed(single);
  const peerTimed = typeof torch === 'string' ? null : timed(torch);
  const engines = [...new Set([oursTimed, singleTimed]), ...(peerTimed === null ? [] : [peerTimed])];
  try {
    // One round that is not counted: the peer's first steps allocate and choose kernels.
    await alternate(engines, 1, () => stepsPerCall);
    for (const engine of engines) engine.rounds.length = 0;
    await alternate(engines, rounds, () => stepsPerCall);
  } finally {
    await Promise.all(engines.map(({ stepper }) => stepper.close()));
  }

  console.log(
    `${model} ${mode} [${shape.join(', ')}] float32, ${mode === 'train' ? `${optimizer}, ` : ''}${threads} threads, flavour ${String(ours.ready['flavour'])} (${String(ours.ready['reason'])}), ${cpus()[0]?.model ?? 'unknown CPU'}`,
  );
  console.log(
    formatTable([
      ['ms per step', 'median', 'best', 'ratio', 'ratio of best', 'peak MiB', 'MiB after'],
      ...(single === ours ? [] : [tableRow('ours, K = 1', singleTimed, peerTimed)]),
      tableRow(`ours, K = ${stepsPerCall}`, oursTimed, peerTimed),
      ...(peerTimed === null
        ? []
        : [tableRow(`PyTorch ${String(peerTimed.stepper.ready['torch'])}`, peerTimed, peerTimed)]),
    ]),
  );
  const ratio = peerTimed === null ? null : rounded(median(oursTimed.rounds) / median(peerTimed.rounds));
  const memoryRatio = peerTimed === null ? null : rounded(oursTimed.peakRssMb / peerTimed.peakRssMb);
  console.log(
    [
      `Tracing and compiling took ${(Number(ours.ready['compileMs']) / 1000).toFixed(2)} s.`,
      ...(ratio === null ? [] : [`Time: ${ratio.toFixed(2)} of PyTorch's, at most ${limit}.`]),
      ...(memoryRatio === null || memoryLimit === null
        ? []
        : [`Peak memory: ${memoryRatio.toFixed(2)} of PyTorch's, at most ${memoryLimit}.`]),
    ].join(' '),
  );

  return {
    model,
    shape,
    peer,
    mode,
    oursMs: rounded(median(oursTimed.rounds)),
    peerMs: peerTimed === null ? null : rounded(median(peerTimed.rounds)),
    ratio,
    ratioBest: peerTimed === null ? null : rounded(bestOf(oursTimed) / bestOf(peerTimed)),
    limit,
    oursRssMb: rounded(oursTimed.peakRssMb, 1),
    peerRssMb: peerTimed === null ? null : rounded(peerTimed.peakRssMb, 1),
    memoryRatio,
    memoryLimit,
    compileMs: rounded(Number(ours.ready['compileMs']), 1),
    stepsPerCall,
    oursMsSingleStep: rounded(median(singleTimed.rounds)),
    threads,
    optimizer,
    flavour: String(ours.ready['flavour']),
    rounds,
    passed: ratio === null || memoryRatio === null ? null : ratio <= limit && memoryRatio <= (memoryLimit ?? Infinity),
  };
}
