import { ndarray } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { formatScores } from '../src/formatScores.js';
import { overlay } from '../src/overlay.js';

describe('overlay', () => {
  it('shows the image, the truth and the prediction side by side', () => {
    const image = ndarray([0, 100], [1, 2]);
    const truth = ndarray([0, 1], [1, 2], 'uint8');
    const prediction = ndarray([7, 0], [1, 2], 'uint8');
    const picture = overlay([{ image, truth, prediction }], 1);
    expect(picture.shape).toEqual([1, 14, 3]);
    const pixel = (x: number): number[] => [...picture.data.subarray(3 * x, 3 * x + 3)];
    expect([0, 1].map(pixel)).toEqual([
      [0, 0, 0],
      [255, 255, 255],
    ]);
    // 40 % of the grey value and 60 % of the class's colour.
    expect([6, 7].map(pixel)).toEqual([
      [0, 0, 0],
      [240, 147, 133],
    ]);
    expect([12, 13].map(pixel)).toEqual([
      [84, 126, 48],
      [255, 255, 255],
    ]);
  });

  it('puts slices of several sizes below each other, enlarged', () => {
    const row = (height: number, width: number) => {
      const slice = ndarray(new Float32Array(height * width).fill(1), [height, width]);
      return { image: slice, truth: slice, prediction: slice };
    };
    expect(overlay([row(2, 3), row(1, 5)], 2).shape).toEqual([2 * 2 + 4 + 2, 3 * 10 + 8, 3]);
  });
});

describe('formatScores', () => {
  it('lists the classes without the background', () => {
    const scores = {
      classes: ['background', 'left', 'rightmost'],
      dice: [1, 0.5, NaN],
      iou: [],
      meanDice: 0.5,
      meanIou: 0,
    };
    expect(formatScores(scores)).toBe('left        0.500\nrightmost   NaN');
  });
});
