import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@delira/core';
import type { Volume } from '@delira/imaging';
import { FormatError } from '../errors.js';
import { DEFAULT_MAXIMUM_BYTES, namingFile } from '../files/loadBytes.js';
import { describeSlice, type Slice } from './describeSlice.js';
import { fromItk } from './itkVolume.js';
import { checkFile, type LoadVolumeOptions } from './loadItk.js';
import { runItk } from './runItk.js';

export interface LoadDicomSeriesOptions extends LoadVolumeOptions {
  /** The UID of the series to load, where a folder holds several. */
  readonly series?: string;
}

/**
 * Loads the slices of one DICOM series as a volume, in the order in which they lie in the patient. Values are rescaled to the units they
 * stand for (Hounsfield). Takes the optional package `@itk-wasm/dicom`.
 *
 * @param source a folder, whose files all have to be DICOM (names that begin with a dot aside), or the paths of the slices in any order.
 * @throws NotFoundError, InputError naming the folder or file that is not there, cannot be read or holds no slices.
 * @throws FormatError naming the file that is not DICOM; when there are several series and none is chosen; when a slice is missing between others.
 * @throws MissingPackageError when the package is not installed.
 */
export async function loadDicomSeries(
  source: string | readonly string[],
  options: LoadDicomSeriesOptions = {},
): Promise<Volume> {
  const where = typeof source === 'string' ? source : (source[0] ?? 'The series');
  const paths = typeof source === 'string' ? await filesOf(source) : source;
  if (paths.length === 0) throw new InputError(`${where} holds no slices.`);
  const slices: Slice[] = [];
  for (const path of paths) {
    slices.push(
      await namingFile(path, async () => {
        return describeSlice(path, await checkFile(path, options), options);
      }),
    );
  }
  return namingFile(where, async () => {
    const chosen = chooseSeries(slices, options.series);
    checkGaps(chosen);
    const { maximumBytes = DEFAULT_MAXIMUM_BYTES } = options;
    const bytes = chosen.reduce((sum, slice) => sum + slice.bytes, 0);
    const paths = chosen.map(({ path }) => path);
    return fromItk(await runItk('readSeries', { paths, maximumBytes }, bytes), options.dtype);
  });
}

async function filesOf(folder: string): Promise<readonly string[]> {
  return namingFile(folder, async () => {
    if (!(await stat(folder)).isDirectory())
      throw new InputError('it is no folder. Give a folder, or a list of files.');
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => join(folder, name))
      .sort();
  });
}

function chooseSeries(slices: readonly Slice[], series: string | undefined): readonly Slice[] {
  const found = [...new Set(slices.map((slice) => slice.series))];
  if (series === undefined && found.length > 1)
    throw new FormatError(
      `It holds ${found.length} series. Choose one of them with the option series: ${found.join(', ')}.`,
    );
  const chosen = series === undefined ? slices : slices.filter((slice) => slice.series === series);
  if (chosen.length === 0) throw new FormatError(`It holds no series ${series}, but ${found.join(', ')}.`);
  return chosen;
}

/** ITK spreads the slices evenly, wherever they are: a missing one would move all others. */
function checkGaps(slices: readonly Slice[]): void {
  const places = slices.map(({ place }) => place).filter((place) => place !== null);
  if (places.length !== slices.length || slices.length < 3) return;
  places.sort((a, b) => a - b);
  const steps = places.slice(1).map((place, index) => place - places[index]!);
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)]!;
  const wrong = steps.findIndex((step) => Math.abs(step - usual) > 0.25 * Math.abs(usual));
  if (wrong >= 0 && usual > 0)
    throw new FormatError(
      `Two of its slices lie ${steps[wrong]!.toFixed(2)} mm apart, the others ${usual.toFixed(2)} mm: a slice is missing, or there are two series under one name.`,
    );
}
