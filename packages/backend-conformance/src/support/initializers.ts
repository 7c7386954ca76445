import { allocate, type Initializer, sizeOf } from '@delira/core';

/** Normal numbers of the deviation given. */
export function normal(deviation: number): Initializer {
  return (rng, shape) => {
    const data = allocate('float32', sizeOf(shape));
    rng.fillNormal(data);
    return { dtype: 'float32', shape, data: data.map((value) => value * deviation) };
  };
}

export function filled(value: number): Initializer {
  return (_rng, shape) => ({ dtype: 'float32', shape, data: allocate('float32', sizeOf(shape)).fill(value) });
}
