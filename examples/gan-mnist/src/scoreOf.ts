import type { NDArray } from '@delira/core';

/** What a classifier of digits says about images. */
export interface Score {
  /** Mean probability of the class it takes an image for: 1 when it is always sure. */
  readonly confidence: number;
  /** Entropy of the classes over all images, as a share of its largest value: 1 when every digit is as frequent, 0 when all are one. */
  readonly balance: number;
}

/** @param logits [N, classes]. */
export function scoreOf({ data, shape }: NDArray): Score {
  const [rows, classes] = shape as [number, number];
  const share = new Float64Array(classes);
  let confidence = 0;
  for (let row = 0; row < rows; row++) {
    const logits = Array.from(data.subarray(row * classes, (row + 1) * classes));
    const highest = Math.max(...logits);
    const weights = logits.map((logit) => Math.exp(logit - highest));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    confidence += 1 / sum / rows;
    weights.forEach((weight, index) => (share[index]! += weight / sum / rows));
  }
  const entropy = share.reduce((total, value) => total - (value > 0 ? value * Math.log(value) : 0), 0);
  return { confidence, balance: entropy / Math.log(classes) };
}
