import { ArgumentError } from '@delira/core';

/** @throws ArgumentError unless `index` is an integer from 0 to `length` - 1. */
export function checkIndex(index: number, length: number, what: string): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new ArgumentError(`There is no sample ${index} in ${what}: expected an integer from 0 to ${length - 1}.`);
  }
}
