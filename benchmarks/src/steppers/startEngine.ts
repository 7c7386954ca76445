import { tfjsNodeProcess } from '@delira/interop/engines';
import { fileURLToPath } from 'node:url';
import { startStepper } from './startStepper.js';
import type { Stepper } from './Stepper.js';
import { type StepperOptions, stepperParameters } from './stepperOptions.js';
import type { TimedEngine } from './timedEngines.js';

const script = fileURLToPath(new URL('./stepper.js', import.meta.url));

/**
 * One of this project's engines, in a process of its own; tfjs-node is the one that `tools/interop` builds.
 *
 * @throws SkippedError where tfjs-node cannot be built.
 */
export async function startEngine(engine: TimedEngine, options: StepperOptions): Promise<Stepper> {
  const { options: nodeOptions, environment } =
    engine === 'tfjs-node' ? await tfjsNodeProcess() : { options: [], environment: {} };
  const threads = String(options.threads);
  return startStepper(
    engine,
    process.execPath,
    [...nodeOptions, script, ...stepperParameters(options), '--engine', engine],
    { ...environment, TF_NUM_INTRAOP_THREADS: threads, OMP_NUM_THREADS: threads },
  );
}
