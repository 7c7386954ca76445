import { expect } from 'vitest';

/** Every value within `relative` of the expected one, or within `absolute` near zero. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 1e-12, absolute = 1e-14 }: { readonly relative?: number; readonly absolute?: number } = {},
): void {
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const bound = absolute + relative * Math.abs(expected[index]!);
    if (!(Math.abs(actual[index]! - expected[index]!) <= bound))
      expect.fail(`element ${index} is ${actual[index]}, expected ${expected[index]} within ${bound}`);
  }
}
