import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNumbers, encodeNumbers } from '../src/encodeNumbers.js';
import { StepsPerCall } from '../src/index.js';
import { addScalars, meansOf } from '../src/ScalarMeans.js';
import { Turns } from '../src/Turns.js';

describe('encodeNumbers', () => {
  it('gives JSON, from which decodeNumbers gives the same values back', () => {
    const value = fc.record(
      { json: fc.jsonValue(), numbers: fc.array(fc.double()), named: fc.dictionary(fc.string(), fc.double()) },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(value, (given) => {
        const text = JSON.stringify(encodeNumbers(given as never));
        expect(decodeNumbers(JSON.parse(text) as never)).toEqual(given);
      }),
    );
    expect(encodeNumbers([NaN, -Infinity, -0, 1.5, 'NaN'])).toEqual([
      { $number: 'NaN' },
      { $number: '-Infinity' },
      { $number: '-0' },
      1.5,
      'NaN',
    ]);
  });
});

describe('means', () => {
  it('weigh each value by its samples', () => {
    const sums = addScalars(addScalars({}, { loss: 1 }, 4), { loss: 4, late: 7 }, 2);
    expect(meansOf(sums)).toEqual({ loss: 2, late: 7 });
  });
});

describe('StepsPerCall', () => {
  it('stays as it was asked for', () => {
    const policy = new StepsPerCall(4);
    policy.observe(4, 1);
    expect(policy.steps).toBe(4);
  });

  it.each([
    [5, 16],
    [20, 5],
    [60, 1],
    [9000, 1],
  ])('puts steps of %d ms into calls of %d', (milliseconds, steps) => {
    const policy = new StepsPerCall('auto');
    expect(policy.steps).toBe(1);
    policy.observe(1, 10 * milliseconds);
    policy.observe(2, 2 * milliseconds);
    policy.observe(1, 3 * milliseconds);
    expect(policy.steps).toBe(steps);
  });
});

describe('Turns', () => {
  it('begin at once when nothing runs, else in the order asked for, whatever fails', async () => {
    const turns = new Turns();
    const events: string[] = [];
    const work = (name: string) => async (): Promise<string> => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      events.push(`${name} ends`);
      if (name === 'b') throw new Error('b failed');
      return name;
    };
    const first = turns.take(work('a'));
    expect(events).toEqual(['a begins']);
    const results = await Promise.allSettled([first, turns.take(work('b')), turns.take(work('c'))]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });
});
