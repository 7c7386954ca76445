import { createRng, type Sample } from '@delira/core';
import { randomArray } from '@delira/testkit';

/** Seeded images and classes for TinyConvNet. */
export function imageBatch(seed: number, count = 4): Sample {
  const rng = createRng(seed);
  return {
    data: randomArray({ shape: [count, 1, 8, 8], dtype: 'float32' }, [0, 1], rng.fork('data')),
    label: randomArray({ shape: [count], dtype: 'int32' }, [0, 3], rng.fork('label')),
  };
}
