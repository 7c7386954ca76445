import type { Rng } from '@delira/core';
import type { FuzzFormat } from './FuzzFormat.js';
import { mutateBytes } from './mutateBytes.js';

export function pick<T>(choices: readonly T[], rng: Rng): T {
  return choices[rng.int(choices.length)]!;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** The input of a case: depends on its arguments alone, so that a case that failed can be made again. */
export function damagedInput(format: FuzzFormat, intact: readonly Uint8Array[], rng: Rng): Uint8Array {
  const input = pick(intact, rng);
  switch (rng.int(10)) {
    case 0:
      return input.slice(0, rng.int(input.length));
    case 1: {
      const other = pick(intact, rng);
      return join(input.subarray(0, rng.int(input.length)), other.subarray(rng.int(other.length)));
    }
    case 2:
    case 3:
      return mutateBytes(input, rng);
    case 4:
      return mutateBytes(format.damage(input, rng), rng);
    default: {
      let damaged = input;
      for (let change = 0; change <= rng.int(3); change++) damaged = format.damage(damaged, rng);
      return damaged;
    }
  }
}

export type FieldKind = 'uint8' | 'int16' | 'int32' | 'int64' | 'float32' | 'float64';

export interface Field {
  readonly at: number;
  readonly kind: FieldKind;
  /** How many follow each other; default 1. */
  readonly count?: number;
}

const INTEGERS = [0, 1, -1, 2, 3, 7, 8, 127, 255, 256, 32_767, -32_768, 65_535, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1];
const FLOATS = [0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-45, 1e-308, 3e38, 1e308, 0.5, 352, 2 ** 31, 2 ** 53];

/** One field at an extreme, in either byte order. */
export function damageField(bytes: Uint8Array, fields: readonly Field[], rng: Rng): Uint8Array {
  const { at, kind, count = 1 } = pick(fields, rng);
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  const size = { uint8: 1, int16: 2, int32: 4, int64: 8, float32: 4, float64: 8 }[kind];
  const place = at + size * rng.int(count);
  if (place + size > copy.length) return copy;
  const little = rng.int(4) > 0;
  const integer = pick(INTEGERS, rng);
  const float = pick(FLOATS, rng);
  if (kind === 'uint8') view.setUint8(place, integer);
  else if (kind === 'int16') view.setInt16(place, integer, little);
  else if (kind === 'int32') view.setInt32(place, integer, little);
  else if (kind === 'int64') view.setBigInt64(place, pick([BigInt(integer), 2n ** 62n, -(2n ** 63n)], rng), little);
  else if (kind === 'float32') view.setFloat32(place, float, little);
  else view.setFloat64(place, float, little);
  return copy;
}

const NUMBERS = [
  ...['0', '-1', '1', '2', '3', '17', '1650', '65536', '2147483648', '4294967297', '9007199254740993'],
  ...['99999999999999999999', '1e308', '-1e308', '1e-320', 'nan', 'inf', '', '0x10', '1.5', '--1', '1 1'],
];
const WORDS = [
  '',
  'none',
  'None',
  'null',
  'true',
  'False',
  'LOCAL',
  'LIST',
  'raw',
  'gzip',
  'ascii',
  'hex',
  '../x',
  '%',
];

/** A change of a text: a number, a word, a line; a part that is repeated until it is long. */
export function damageText(text: string, rng: Rng): string {
  const lines = text.split('\n');
  const at = rng.int(lines.length);
  switch (rng.int(9)) {
    case 0:
      return [...lines.slice(0, at), ...lines.slice(at + 1)].join('\n');
    case 1:
      return [...lines.slice(0, at), lines[at]!, ...lines.slice(at)].join('\n');
    case 2: {
      const other = rng.int(lines.length);
      return lines
        .map((line, index) => (index === at ? lines[other]! : index === other ? lines[at]! : line))
        .join('\n');
    }
    case 3:
      return replaceOne(text, /[A-Za-z_]+/g, () => pick([...WORDS, ...(text.match(/[A-Za-z_]+/g) ?? [])], rng), rng);
    case 4: {
      const place = rng.int(text.length + 1);
      const part = text.slice(place, place + 1 + rng.int(4));
      return text.slice(0, place) + part.repeat(1 + rng.int(5000)) + text.slice(place);
    }
    default:
      return replaceOne(text, /-?\d+(\.\d+)?(e[-+]?\d+)?/gi, () => pick(NUMBERS, rng), rng);
  }
}

function replaceOne(text: string, pattern: RegExp, replacement: () => string, rng: Rng): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const { 0: old, index } = pick(found, rng);
  return text.slice(0, index) + replacement() + text.slice(index + old.length);
}

/** A change of the text with which a file begins; its bytes are kept one by one. */
export function damageStart(bytes: Uint8Array, length: number, rng: Rng): Uint8Array {
  const text = Buffer.from(bytes.subarray(0, length)).toString('latin1');
  return join(Buffer.from(damageText(text, rng), 'latin1'), bytes.subarray(length));
}
