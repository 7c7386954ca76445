import { createRng, type Sample } from '@delira/core';
import { randomArray } from '@delira/testkit';

/** Seeded images [count, 1, size, size] and classes; 8 is the size TinyConvNet takes. */
export function imageBatch(seed: number, { count = 4, size = 8 } = {}): Sample {
  const rng = createRng(seed);
  return {
    data: randomArray({ shape: [count, 1, size, size], dtype: 'float32' }, [0, 1], rng.fork('data')),
    label: randomArray({ shape: [count], dtype: 'int32' }, [0, 3], rng.fork('label')),
  };
}
