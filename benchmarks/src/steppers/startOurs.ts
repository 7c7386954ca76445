import { fileURLToPath } from 'node:url';
import type { Stepper } from './Stepper.js';
import { startStepper } from './startStepper.js';
import { type StepperOptions, stepperParameters } from './stepperOptions.js';

const script = fileURLToPath(new URL('./stepper.js', import.meta.url));

/** Backends that are timed. */
export const engines = ['onnx-training', 'onnx-inference'] as const;
export type Engine = (typeof engines)[number];

export interface OurOptions extends StepperOptions {
  /** Steps in one call of the engine, or the trainer's own choice. */
  readonly stepsPerCall: number | 'auto';
  readonly flavour: string;
  readonly engine: Engine;
}

/** This project's ONNX engine, in a process of its own. */
export function startOurs(options: OurOptions): Promise<Stepper> {
  const own = ['--steps-per-call', String(options.stepsPerCall), '--flavour', options.flavour];
  const engine = ['--engine', options.engine];
  return startStepper('delira', process.execPath, [script, ...stepperParameters(options), ...own, ...engine]);
}
