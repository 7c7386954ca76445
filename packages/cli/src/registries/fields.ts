import type { Schema } from '@delira/parameters';

/** A number, or a list of them: an extent for all axes or for each, or a range. */
export function numbers(): Schema<number | readonly number[] | undefined> {
  return {
    '~standard': {
      version: 1,
      vendor: 'delira-cli',
      validate: (value) => {
        if (value === undefined || isNumber(value)) return { value };
        if (Array.isArray(value) && value.length > 0 && value.every(isNumber)) return { value };
        return { issues: [{ message: `is ${JSON.stringify(value)}, but must be a number or a list of numbers.` }] };
      },
    },
  };
}

/** As `numbers`, but it must be there. */
export function requiredNumbers(): Schema<number | readonly number[]> {
  const inner = numbers()['~standard'];
  return {
    '~standard': {
      version: 1,
      vendor: 'delira-cli',
      validate: (value) =>
        value === undefined
          ? { issues: [{ message: 'is missing; it must be a number or a list of numbers.' }] }
          : (inner.validate(value) as { readonly value: number | readonly number[] }),
    },
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
