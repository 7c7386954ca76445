import { createRng, type NDArray, sizeOf } from '../ndarray/index.js';
import type { Program } from '../ir/index.js';

/** The numbers behind a Program's noise for one step: a pure function of (seed, step, name). */
export function drawNoise(program: Program, seed: number, step: number): ReadonlyMap<string, NDArray<'float32'>> {
  const drawn = new Map<string, NDArray<'float32'>>();
  for (const [name, { id, distribution, p }] of Object.entries(program.noise)) {
    const { shape } = program.avals[id]!;
    const rng = createRng(seed).fork('noise', step, name);
    const data = new Float32Array(sizeOf(shape));
    if (distribution === 'normal') rng.fillNormal(data);
    else rng.fillUniform(data);
    if (distribution === 'bernoulli') for (let i = 0; i < data.length; i++) data[i] = data[i]! < p! ? 1 : 0;
    drawn.set(name, { dtype: 'float32', shape, data });
  }
  return drawn;
}
