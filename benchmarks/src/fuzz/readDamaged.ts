import { createRng, DeliraError, type NDArray, sizeOf } from '@delira/core';
import { damagedInput } from './damage.js';
import type { FuzzFormat } from './FuzzFormat.js';

/** What became of an input: a value, an error of ours, or `failed`, with what is wrong. */
export interface Outcome {
  readonly kind: 'value' | 'error' | 'failed';
  readonly message: string;
}

/** The damaged input of a case. */
export function inputOf(format: FuzzFormat, intact: readonly Uint8Array[], seed: number, index: number): Uint8Array {
  return damagedInput(format, intact, createRng(seed).fork(format.name, index));
}

export async function readInput(format: FuzzFormat, bytes: Uint8Array, folder: string): Promise<Outcome> {
  const { path, read } = await format.prepare(bytes, folder);
  try {
    const wrong = wrongArray(await read());
    return wrong === null ? { kind: 'value', message: '' } : { kind: 'failed', message: wrong };
  } catch (error) {
    if (!(error instanceof DeliraError))
      return {
        kind: 'failed',
        message: `an error of another's: ${error instanceof Error ? error.stack : String(error)}`,
      };
    const { message } = error;
    if (message.trim() === '') return { kind: 'failed', message: 'an error without a message' };
    if (path !== null && !message.includes(path))
      return { kind: 'failed', message: `an error that does not name ${path}: ${message}` };
    return { kind: 'error', message };
  }
}

/** What is wrong with an array somewhere in a value: as many numbers as its shape says. */
function wrongArray(value: unknown): string | null {
  for (const array of arraysIn(value)) {
    if (array.data.length !== sizeOf(array.shape))
      return `an array [${array.shape.join(', ')}] of ${array.data.length} numbers`;
  }
  return null;
}

function arraysIn(value: unknown): readonly NDArray[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  if ('dtype' in value && 'shape' in value && 'data' in value) return [value as NDArray];
  const parts: readonly unknown[] = value instanceof Map ? [...value.values()] : Object.values(value);
  return parts.flatMap(arraysIn);
}
