import { allocate, type Initializer, sizeOf } from '@delira/core';

/** Normal with a mean (default 0) and a standard deviation (default 1), float32. */
export function normal(mean = 0, deviation = 1): Initializer {
  return (rng, shape) => {
    const data = allocate('float32', sizeOf(shape));
    rng.fillNormal(data);
    for (let index = 0; index < data.length; index++) data[index] = mean + deviation * data[index]!;
    return { dtype: 'float32', shape, data };
  };
}
