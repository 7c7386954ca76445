import { describe, expect, it } from 'vitest';
import { drawNoise, noise, trace } from '../src/index.js';

const program = trace(() => ({
  normal: noise.normal('z', [2000]),
  uniform: noise.uniform('u', [2000]),
  keep: noise.bernoulli('keep', [2000], 0.3),
}));

describe('drawNoise', () => {
  it('is a function of seed, step and name', () => {
    const drawn = drawNoise(program, 1, 2);
    expect(drawNoise(program, 1, 2)).toEqual(drawn);
    expect(drawNoise(program, 1, 3).get('z')).not.toEqual(drawn.get('z'));
    expect(drawNoise(program, 2, 2).get('z')).not.toEqual(drawn.get('z'));
    const alone = trace(() => ({ z: noise.normal('z', [2000]) }));
    expect(drawNoise(alone, 1, 2).get('z')).toEqual(drawn.get('z'));
  });

  it('draws the distributions asked for', () => {
    const drawn = drawNoise(program, 0, 0);
    const mean = (name: string): number => drawn.get(name)!.data.reduce((sum, value) => sum + value, 0) / 2000;
    const error = 4 / Math.sqrt(2000);
    expect(Math.abs(mean('z'))).toBeLessThan(error);
    expect(Math.abs(mean('u') - 0.5)).toBeLessThan(error * Math.sqrt(1 / 12));
    expect(Math.abs(mean('keep') - 0.3)).toBeLessThan(error * Math.sqrt(0.21));
    expect([...new Set(drawn.get('keep')!.data)].sort()).toEqual([0, 1]);
    expect(drawn.get('u')!.dtype).toBe('float32');
  });

  it('takes probabilities of none and all', () => {
    const extremes = trace(() => ({ none: noise.bernoulli('none', [50], 0), all: noise.bernoulli('all', [50], 1) }));
    const drawn = drawNoise(extremes, 0, 0);
    expect([...new Set(drawn.get('none')!.data), ...new Set(drawn.get('all')!.data)]).toEqual([0, 1]);
  });
});
