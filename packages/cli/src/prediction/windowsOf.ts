import { ArgumentError } from '@delira/core';
import type { EvaluationWindows, Role, TrainerOptions } from '@delira/training';
import type { RunConfig } from '../config/configSchema.js';
import type { DataFacts } from '../registries/Registries.js';

type Prediction = RunConfig['prediction'];
type Windows = NonNullable<TrainerOptions<never, never>['windows']>;

/** The windows that a config's predictions are made of; null: images are predicted whole. */
export function windowOf({ window, overlap, weighting, batchSize }: Prediction): EvaluationWindows | null {
  return window === undefined ? null : { size: window, overlap, weighting, batchSize };
}

/**
 * What is judged window by window: the test set as `delira predict` predicts, and the validation set if the config says so.
 *
 * @throws ArgumentError when windows or mirrored axes do not fit the images.
 */
export function windowsOf(prediction: Prediction, { rank }: DataFacts): Windows {
  const { window, mirrorAxes, validation } = prediction;
  const windows = windowOf(prediction);
  const absent = mirrorAxes.find((axis) => axis >= rank);
  if (absent !== undefined)
    throw new ArgumentError(
      `prediction.mirrorAxes: images of ${rank} axes have none numbered ${absent}; 0 is the first.`,
    );
  if (windows === null) {
    if (validation) throw new ArgumentError('prediction.validation: say how large a window is, prediction.window.');
    return {};
  }
  if (window!.length !== rank)
    throw new ArgumentError(
      `prediction.window is [${window!.join(', ')}], but must have ${rank} extents, one for each axis.`,
    );
  return { evaluation: { ...windows, mirrorAxes }, ...(validation ? { validation: windows } : {}) };
}

/** Whether the samples of a role are judged whole, in windows: as they are predicted, without the role's own transforms. */
export function isWindowed({ window, validation }: Prediction, role: Role): boolean {
  return window !== undefined && (role === 'test' || (role === 'val' && validation));
}
