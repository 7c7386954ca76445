import { fileURLToPath } from 'node:url';
import type { Stepper } from './Stepper.js';
import { startStepper } from './startStepper.js';
import { type StepperOptions, stepperParameters } from './stepperOptions.js';

const script = fileURLToPath(new URL('./stepper.js', import.meta.url));

export interface OurOptions extends StepperOptions {
  /** Steps in one call of the engine, or the trainer's own choice. */
  readonly stepsPerCall: number | 'auto';
  readonly flavour: string;
}

/** This project's ONNX engine, in a process of its own. */
export function startOurs(options: OurOptions): Promise<Stepper> {
  const own = ['--steps-per-call', String(options.stepsPerCall), '--flavour', options.flavour];
  return startStepper('delira', process.execPath, [script, ...stepperParameters(options), ...own]);
}
