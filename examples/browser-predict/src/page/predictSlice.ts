import type { InferenceModel } from '@delira/backend-onnx-inference/web';
import type { NDArray } from '@delira/core';
import { toLabels } from '@delira/prediction';

export interface SlicePrediction {
  /** `[K, height, width]`. */
  readonly scores: NDArray;
  /** Class numbers `[height, width]`. */
  readonly labels: NDArray<'uint8'>;
}

/** What the network says of a slice `[1, height, width]` of grey values: in a browser as in Node. */
export async function predictSlice(model: InferenceModel, slice: NDArray): Promise<SlicePrediction> {
  const prepared = model.prepare(slice);
  const predicted = await model.predict({ ...prepared, shape: [1, ...prepared.shape] });
  const scores = { ...predicted, shape: predicted.shape.slice(1) };
  return { scores, labels: toLabels(scores) };
}
