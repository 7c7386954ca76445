import {
  DTypeError,
  formatShape,
  InputError,
  isFloating,
  type NDArray,
  sameShape,
  ShapeError,
  sizeOf,
} from '@delira/core';

/** Stands for a prediction that is not a number: equal to no class. */
export const NO_CLASS = -1;

/**
 * The predicted class at each position, `[N, ...spatial]` flattened.
 *
 * - Integers and bools are taken as class indices, whatever their shape.
 * - Floats `[N, C, ...spatial]` with C ≥ 2 are scores: the highest along axis 1 wins, the first of equal ones (as in NumPy).
 * - Floats `[N]` or `[N, 1, ...spatial]` are one score for class 1: above `threshold` is 1, else 0.
 *
 * A NaN among the scores gives `NO_CLASS`.
 */
export function predictedClasses(prediction: NDArray, threshold: number): Int32Array {
  if (prediction.dtype === 'float16')
    throw new DTypeError('Metrics do not read float16 predictions. Cast them to float32 in the network.');
  if (!isFloating(prediction.dtype)) return Int32Array.from(prediction.data);
  const channels = prediction.shape[1] ?? 1;
  if (channels > 1) return argmaxOverChannels(prediction);
  return Int32Array.from(prediction.data, (score) => (Number.isNaN(score) ? NO_CLASS : score > threshold ? 1 : 0));
}

/**
 * The true class at each position: integer labels (of any dtype) with as many elements as there are predictions, or one-hot rows
 * shaped like the scores.
 *
 * @throws ShapeError when it is neither.
 * @throws InputError when a label is not an integer.
 */
export function targetClasses(target: NDArray, prediction: NDArray, positions: number): Int32Array {
  if (target.dtype === 'float16') throw new DTypeError('Metrics do not read float16 targets. Cast them to float32.');
  if (target.shape[0] === prediction.shape[0] && target.data.length === positions) {
    for (let i = 0; i < target.data.length; i++) {
      if (!Number.isInteger(target.data[i]))
        throw new InputError(`Target ${i} is ${target.data[i]}. Labels are integers, the number of a class.`);
    }
    return Int32Array.from(target.data);
  }
  if (target.shape.length > 1 && sameShape(target.shape, prediction.shape)) return argmaxOverChannels(target);
  throw new ShapeError(
    `Targets of shape ${formatShape(target.shape)} do not fit predictions of shape ${formatShape(prediction.shape)}. ` +
      'Expected one integer per prediction ([N, ...spatial]), or one-hot rows of the same shape.',
  );
}

function argmaxOverChannels({ data, shape }: NDArray): Int32Array {
  const [rows = 0, channels = 1] = shape;
  const positions = sizeOf(shape.slice(2));
  const classes = new Int32Array(rows * positions);
  for (let row = 0; row < rows; row++) {
    for (let position = 0; position < positions; position++) {
      const start = row * channels * positions + position;
      let best = 0;
      let highest = data[start]!;
      let allNumbers = !Number.isNaN(highest);
      for (let channel = 1; channel < channels; channel++) {
        const score = data[start + channel * positions]!;
        if (score > highest) {
          best = channel;
          highest = score;
        }
        allNumbers &&= !Number.isNaN(score);
      }
      classes[row * positions + position] = allNumbers ? best : NO_CLASS;
    }
  }
  return classes;
}
