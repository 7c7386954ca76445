import { ensurePythonEnvironment } from '@delira/interop/python';
import { fileURLToPath } from 'node:url';
import type { Stepper } from './Stepper.js';
import { startStepper } from './startStepper.js';
import { type StepperOptions, stepperParameters } from './stepperOptions.js';

const script = fileURLToPath(new URL('../peers/torchTrain.py', import.meta.url));

/** PyTorch in eager mode, in a process of its own. @throws PythonUnavailableError */
export async function startTorch(options: StepperOptions): Promise<Stepper> {
  const { python } = await ensurePythonEnvironment();
  return startStepper('PyTorch', python, [script, ...stepperParameters(options)]);
}
