import { FormatError } from '../errors.js';
import { DEFAULT_MAXIMUM_BYTES, type LoadLimits } from '../files/loadBytes.js';
import { runItk } from './runItk.js';
import { type DicomHeader, scanDicom } from './scanDicom.js';

/** What a DICOM file says about its place in a series. */
export interface Slice {
  readonly path: string;
  readonly bytes: number;
  readonly series: string;
  /** Distance from the world's origin along the slices' normal, in millimetres; `null` where the file does not say. */
  readonly place: number | null;
}

const SERIES = '0020|000e';
const POSITION = '0020|0032';
const ORIENTATION = '0020|0037';

/** @param bytes the file's size. @throws FormatError when the file is not DICOM, or asks for more pixels than it holds or than the limit. */
export async function describeSlice(path: string, bytes: number, limits: LoadLimits): Promise<Slice> {
  const { maximumBytes = DEFAULT_MAXIMUM_BYTES } = limits;
  const header = await scanDicom(path);
  if (header !== null) checkPixels(header, limits);
  const known = header?.texts.has(SERIES) && header.texts.has(POSITION) && header.texts.has(ORIENTATION);
  const tags = known
    ? header!.texts
    : new Map(await runItk('readTags', { path, tags: [SERIES, POSITION, ORIENTATION], maximumBytes }, bytes));
  const numbers = (tag: string): readonly number[] => (tags.get(tag) ?? '').split('\\').map(Number);
  const position = numbers(POSITION);
  const [a, b, c, d, e, f] = numbers(ORIENTATION) as [number, number, number, number, number, number];
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  const place = normal.reduce((sum, value, axis) => sum + value * (position[axis] ?? NaN), 0);
  return { path, bytes, series: (tags.get(SERIES) ?? '').trim(), place: Number.isFinite(place) ? place : null };
}

/** @throws FormatError */
export function checkPixels(header: DicomHeader, { maximumBytes = DEFAULT_MAXIMUM_BYTES }: LoadLimits): void {
  const { numbers, texts, uncompressed, pixelStart, fileBytes } = header;
  const [rows, columns] = [numbers.get('0028|0010'), numbers.get('0028|0011')];
  if (rows === undefined || columns === undefined) return;
  const frames = Number(texts.get('0028|0008') ?? 1);
  const bits = numbers.get('0028|0100') ?? 16;
  const bytes = Math.ceil((rows * columns * (numbers.get('0028|0002') ?? 1) * (frames >= 1 ? frames : 1) * bits) / 8);
  if (bytes > maximumBytes)
    throw new FormatError(
      `Its header asks for ${bytes} bytes of pixels, beyond the limit of ${maximumBytes}. Raise maximumBytes if that is meant.`,
    );
  if (uncompressed && pixelStart !== null && bytes > fileBytes - pixelStart)
    throw new FormatError(
      `Its header asks for ${bytes} bytes of pixels, but ${fileBytes - pixelStart} follow. It is truncated or damaged.`,
    );
}
