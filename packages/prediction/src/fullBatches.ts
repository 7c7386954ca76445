import { allocate, DTypeError, InputError, isFloating, type NDArray, sliceRows } from '@delira/core';
import type { PredictFunction } from './PredictionModel.js';

/** Predicts batches of up to `batchSize` rows in batches of exactly as many, so that one compiled Program does for all. */
export function fullBatches(predict: PredictFunction, batchSize: number): PredictFunction {
  return async (batch) => {
    const rows = batch.shape[0]!;
    const scores = await predict(rows === batchSize ? batch : padRows(batch, batchSize));
    if (scores.dtype === 'float16' || !isFloating(scores.dtype))
      throw new DTypeError(`Predictions are averaged as float32 or float64, but they are ${scores.dtype}. Cast them.`);
    if (scores.shape[0] !== batchSize)
      throw new InputError(`The model gave ${scores.shape[0] ?? 'no'} predictions for a batch of ${batchSize}.`);
    return rows === batchSize ? scores : sliceRows(scores, 0, rows);
  };
}

function padRows({ data, dtype, shape }: NDArray, rows: number): NDArray {
  const [given = 0, ...rest] = shape;
  const width = data.length / given;
  const padded = allocate(dtype, rows * width);
  padded.set(data);
  // Copies of a real row rather than zeros: whatever the network does with zeros, it has seen rows like this one.
  for (let row = given; row < rows; row++) padded.set(data.subarray(0, width), row * width);
  return { dtype, shape: [rows, ...rest], data: padded };
}
