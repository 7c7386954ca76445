import {
  ArgumentError,
  type Backend,
  type BatchSignature,
  InputError,
  type NDArray,
  type Network,
  type Program,
  selectOutputs,
  sliceRows,
  stackArrays,
  type StateStore,
  type TensorsOf,
} from '@delira/core';
import type { Batch } from '@delira/data-loading';
import { networkModel, Predictor } from '@delira/prediction';
import type { CompileListener } from './ProgramCache.js';
import type { EvaluationWindows } from './TrainerOptions.js';

const [INPUT, OUTPUT] = ['data', 'pred'];
/** A probability's smallest value inside a logarithm. */
const SMALLEST = 1e-30;

export interface WindowedPredictionOptions<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  readonly network: Network<B, P>;
  readonly backend: Backend;
  readonly state: StateStore;
  readonly seed: number;
  readonly windows: EvaluationWindows;
  readonly trace: (signature: BatchSignature) => Program;
  readonly listener: CompileListener;
}

/** Predicts the samples of batches window by window. */
export class WindowedPrediction<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  readonly #predictor: Predictor;

  constructor({ network, backend, state, seed, windows, trace, listener }: WindowedPredictionOptions<B, P>) {
    const { mirrorAxes = [], ...window } = windows;
    const model = networkModel({
      network,
      backend,
      state,
      seed,
      trace: (signature) => {
        const program = trace(signature);
        listener.onTraced(selectOutputs(program, [OUTPUT]));
        return program;
      },
    });
    this.#predictor = new Predictor({ models: [model], activation: 'softmax', window, mirrorAxes });
  }

  /**
   * Logarithms of probabilities, `[N, K, ...spatial]`.
   *
   * @param onProgress told the share of the batch that is done.
   * @throws InputError for a batch without images.
   */
  async predict({ sample }: Batch, onProgress: (done: number) => void): Promise<NDArray> {
    const images = sample[INPUT];
    if (images === undefined)
      throw new InputError(
        `Windows are cut out of "${INPUT}", but the batch has ${Object.keys(sample).join(', ') || 'nothing'}.`,
      );
    const rows = images.shape[0]!;
    const scores: NDArray[] = [];
    for (let row = 0; row < rows; row++) {
      const { shape, ...rest } = sliceRows(images, row, row + 1);
      const probabilities = await this.#predictor.predict(
        { ...rest, shape: shape.slice(1) },
        { onProgress: ({ done, total }) => onProgress((row + done / total) / rows) },
      );
      scores.push(logarithms(probabilities));
    }
    return stackArrays(scores);
  }

  async dispose(): Promise<void> {
    await this.#predictor.dispose();
  }
}

/** @throws ArgumentError when a set is judged window by window and there is nothing to judge it by. */
export function checkWindows(
  windows: { readonly validation?: EvaluationWindows; readonly evaluation?: EvaluationWindows },
  needs: readonly { readonly name: string; readonly needs: readonly string[] }[],
): void {
  const kinds = Object.keys(windows);
  if (kinds.length > 0 && needs.length === 0)
    throw new ArgumentError(
      `windows.${kinds[0]} was given, but no metric: window by window there are no losses. Give at least one metric.`,
    );
  for (const metric of kinds.length > 0 ? needs : []) checkNeeds(metric);
}

/** @throws ArgumentError for an accumulator of another output. */
export function checkNeeds({ name, needs }: { readonly name: string; readonly needs: readonly string[] }): void {
  const other = needs.find((output) => output !== OUTPUT);
  if (other !== undefined)
    throw new ArgumentError(
      `"${name}" needs the output "${other}", but window by window only "${OUTPUT}" is predicted. Leave it out, or evaluate without windows.`,
    );
}

function logarithms(probabilities: NDArray): NDArray {
  const data = Float32Array.from(probabilities.data, (value) => Math.log(Math.max(value, SMALLEST)));
  return { dtype: 'float32', shape: probabilities.shape, data };
}
