import { readFile, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { ndarray, type Rng } from '@delira/core';
import {
  loadCheckpoint,
  loadNpy,
  loadWeights,
  readIdx,
  readSafetensors,
  saveCheckpoint,
  writeNpy,
  writeSafetensors,
} from '@delira/io';
import { mutateBytes } from '../mutateBytes.js';
import { damageField, damageStart, damageText, join } from '../damage.js';
import { damageJson } from '../damageJson.js';
import { type FuzzFormat, MAXIMUM_BYTES } from '../FuzzFormat.js';

const array = ndarray([1, 2, 3, 4, 5, 6], [2, 3]);

const npy: FuzzFormat = {
  name: 'npy',
  intact: () =>
    Promise.resolve([
      writeNpy(array),
      writeNpy(ndarray([1, 0, 1], [3], 'bool')),
      writeNpy(ndarray([-5], [], 'int32')),
      fortran(writeNpy(ndarray([1, 2, 3, 4], [2, 2], 'float64'))),
    ]),
  damage(bytes, rng) {
    if (rng.int(4) === 0) return damageField(bytes, [{ at: 6, kind: 'uint8', count: 4 }], rng);
    const length = 10 + (bytes[8] ?? 0) + 256 * (bytes[9] ?? 0);
    const damaged = damageStart(bytes.subarray(10), length - 10, rng);
    const grown = length - 10 + damaged.length - (bytes.length - 10);
    // With the right length the reader gets as far as the dictionary.
    return join(bytes.subarray(0, 8), Uint8Array.of(grown & 255, (grown >> 8) & 255), damaged);
  },
  async prepare(bytes, folder) {
    const path = joinPath(folder, 'größe 1.npy');
    await writeFile(path, bytes);
    return { path, read: () => loadNpy(path, { maximumBytes: MAXIMUM_BYTES }) };
  },
};

function fortran(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.from(Buffer.from(bytes).toString('latin1').replace('False, ', 'True,  '), 'latin1'));
}

function damageSafetensors(bytes: Uint8Array, rng: Rng): Uint8Array {
  if (bytes.length < 16 || rng.int(5) === 0) return damageField(bytes, [{ at: 0, kind: 'int64' }], rng);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) return mutateBytes(bytes, rng);
  const text = Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8');
  let header = rng.int(2) === 0 ? damageText(text, rng) : text;
  try {
    if (header === text) header = JSON.stringify(damageJson(JSON.parse(text), rng));
  } catch {
    // It was damaged before.
    header = damageText(text, rng);
  }
  const encoded = new TextEncoder().encode(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(encoded.length));
  return join(prefix, encoded, bytes.subarray(8 + length));
}

const safetensors: FuzzFormat = {
  name: 'safetensors',
  intact: () =>
    Promise.resolve([
      writeSafetensors(new Map([['a', array]])),
      writeSafetensors(
        new Map([
          ['weight', array],
          ['mask', ndarray([1, 0, 1], [3], 'bool')],
          ['empty', ndarray([], [0, 4])],
        ]),
        { note: 'größe' },
      ),
    ]),
  damage: damageSafetensors,
  async prepare(bytes, folder) {
    const path = joinPath(folder, 'größe 1.safetensors');
    await writeFile(path, bytes);
    const read = async (): Promise<unknown> => [readSafetensors(bytes), await loadWeights(path)];
    return { path: null, read };
  },
};

const checkpoint: FuzzFormat = {
  name: 'checkpoint',
  async intact(folder) {
    const path = joinPath(folder, 'checkpoint.safetensors');
    await saveCheckpoint(path, { tensors: new Map([['a', array]]), meta: { epoch: 3, scores: [0.5, 0.25] } });
    return [new Uint8Array(await readFile(path))];
  },
  damage: damageSafetensors,
  async prepare(bytes, folder) {
    const path = joinPath(folder, 'größe 1.safetensors');
    await writeFile(path, bytes);
    return { path, read: () => loadCheckpoint(path) };
  },
};

const idx: FuzzFormat = {
  name: 'idx',
  intact: () =>
    Promise.resolve([
      Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6),
      Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 63, 128, 0, 0),
    ]),
  damage: (bytes, rng) =>
    damageField(
      bytes,
      [
        { at: 0, kind: 'uint8', count: 4 },
        { at: 4, kind: 'int32', count: 2 },
      ],
      rng,
    ),
  prepare: (bytes) => Promise.resolve({ path: null, read: async () => readIdx(bytes) }),
};

export const arrays: readonly FuzzFormat[] = [npy, safetensors, checkpoint, idx];
