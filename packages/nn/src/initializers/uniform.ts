import { allocate, type Initializer, sizeOf } from '@delira/core';

/** Uniform in [low, high), float32. */
export function uniform(low: number, high: number): Initializer {
  return (rng, shape) => {
    const data = allocate('float32', sizeOf(shape));
    rng.fillUniform(data);
    for (let index = 0; index < data.length; index++) data[index] = low + (high - low) * data[index]!;
    return { dtype: 'float32', shape, data };
  };
}
