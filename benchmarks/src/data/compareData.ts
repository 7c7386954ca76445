import { fileURLToPath } from 'node:url';
import { ensurePythonEnvironment } from '@delira/interop/python';
import { mean, median, rounded } from '../statistics.js';
import { startStepper } from '../steppers/startStepper.js';
import type { Stepper, Steps } from '../steppers/Stepper.js';
import { type DataOptions, dataParameters } from './dataOptions.js';

const ourScript = fileURLToPath(new URL('./dataStepper.js', import.meta.url));
const peerScript = fileURLToPath(new URL('../peers/dataPeer.py', import.meta.url));

/** Ours and the peer's, of the same work. */
export interface DataComparison {
  /** What was compared. */
  readonly subject: string;
  /** Medians of the rounds, in milliseconds of a batch. */
  readonly oursMs: number;
  readonly peerMs: number;
  readonly ratio: number;
  readonly ratioBest: number;
  /** In CPU time of all threads and processes: what a busy machine can still say. */
  readonly oursCpuMs: number;
  readonly peerCpuMs: number;
  readonly ratioCpu: number;
}

interface Rounds {
  readonly stepper: Stepper;
  readonly ms: number[];
  readonly cpuMs: number[];
}

const best = (values: readonly number[]): number => Math.min(...values);

/** In turns, in processes of their own; the one that begins changes every round. @throws PythonUnavailableError */
export async function compareData(subject: string, options: DataOptions, rounds: number): Promise<DataComparison> {
  const { python } = await ensurePythonEnvironment();
  const parameters = dataParameters(options);
  const ours: Rounds = {
    stepper: await startStepper('delira', process.execPath, [ourScript, ...parameters]),
    ms: [],
    cpuMs: [],
  };
  const peer: Rounds = {
    stepper: await startStepper('the peer', python, [peerScript, ...parameters]),
    ms: [],
    cpuMs: [],
  };
  try {
    // One epoch that is not counted: compilers, caches and worker threads begin.
    for (let round = -1; round < rounds; round++) {
      for (const each of round % 2 === 0 ? [peer, ours] : [ours, peer]) {
        const steps: Steps & { readonly cpuMs?: readonly number[] } = await each.stepper.steps(1);
        if (round < 0) continue;
        each.ms.push(mean(steps.ms));
        each.cpuMs.push(mean(steps.cpuMs ?? []));
      }
    }
  } finally {
    await Promise.all([ours.stepper.close(), peer.stepper.close()]);
  }
  // What is drawn differs from round to round, and with it the work: of CPU times the means are compared.
  return {
    subject,
    oursMs: rounded(median(ours.ms)),
    peerMs: rounded(median(peer.ms)),
    ratio: rounded(median(ours.ms) / median(peer.ms)),
    ratioBest: rounded(best(ours.ms) / best(peer.ms)),
    oursCpuMs: rounded(mean(ours.cpuMs)),
    peerCpuMs: rounded(mean(peer.cpuMs)),
    ratioCpu: rounded(mean(ours.cpuMs) / mean(peer.cpuMs)),
  };
}
