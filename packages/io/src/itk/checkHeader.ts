import { extname } from 'node:path';
import { FormatError } from '../errors.js';
import { DEFAULT_MAXIMUM_BYTES, type LoadLimits } from '../files/loadBytes.js';
import { nodeFileSystem } from '../files/FileSystem.js';

/** How much of a file is looked at for its header. */
const LONGEST_HEADER = 262_144;
/** Deflate cannot shrink data further than to a 1032nd. */
const BEST_RATIO = 1032;

/** What a text header says about the voxels. */
interface Claim {
  readonly elements: number;
  readonly bytes: number;
  /** Where the voxels follow in the same file: how they are written, and from which byte on. */
  readonly data: { readonly encoding: 'raw' | 'gzip' | 'other'; readonly start: number } | null;
}

/**
 * Refuses an NRRD or MetaImage file whose header asks for more than the limit, or more than the file can hold, before ITK allocates it.
 *
 * @throws FormatError
 */
export async function checkHeader(path: string, { maximumBytes = DEFAULT_MAXIMUM_BYTES }: LoadLimits): Promise<void> {
  const ending = extname(path).toLowerCase();
  const read =
    ending === '.nrrd' || ending === '.nhdr' ? readNrrd : ending === '.mha' || ending === '.mhd' ? readMeta : null;
  if (read === null) return;
  const { start, size } = await readStart(path);
  const { bytes, data } = read(start);
  if (!Number.isSafeInteger(bytes) || bytes > maximumBytes)
    throw new FormatError(
      `Its header asks for ${bytes} bytes, beyond the limit of ${maximumBytes}. Raise maximumBytes if that is meant.`,
    );
  if (data === null || data.encoding === 'other') return;
  const most = (size - data.start) * (data.encoding === 'gzip' ? BEST_RATIO : 1);
  if (bytes > most)
    throw new FormatError(
      `Its header asks for ${bytes} bytes, but the file holds at most ${most}. It is truncated or damaged.`,
    );
}

async function readStart(path: string): Promise<{ readonly start: string; readonly size: number }> {
  const file = await nodeFileSystem.openForReading(path);
  try {
    const { size } = await file.status();
    const bytes = new Uint8Array(Math.min(size, LONGEST_HEADER));
    const read = await file.read(bytes, 0);
    // One character per byte, so that positions in the text are positions in the file.
    return { start: Buffer.from(bytes.buffer, 0, read).toString('latin1'), size };
  } finally {
    await file.close();
  }
}

const NRRD_BYTES: readonly (readonly [names: RegExp, bytes: number])[] = [
  [/^(signed char|u?int8(_t)?|uchar|unsigned char)$/, 1],
  [/^((signed |unsigned )?short( int)?|ushort|u?int16(_t)?)$/, 2],
  [/^((signed |unsigned )?int|uint|u?int32(_t)?|float)$/, 4],
  [/^((signed |unsigned )?long long( int)?|u?longlong|u?int64(_t)?|double)$/, 8],
];

function readNrrd(text: string): Claim {
  if (!/^NRRD000[1-5]\r?\n/.test(text))
    throw new FormatError('This is not an NRRD file: those begin with NRRD000 and a version.');
  const end = /\r?\n\r?\n/.exec(text);
  const header = end === null ? text : text.slice(0, end.index);
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:\\s*(.*?)\\s*$`, 'im').exec(header)?.[1]?.toLowerCase();
  const type = field('type') ?? '';
  const size = NRRD_BYTES.find(([names]) => names.test(type))?.[1];
  if (size === undefined) throw new FormatError(`Its values are of type "${type}", which is not supported.`);
  const elements = product(field('sizes') ?? '', field('dimension'));
  const encoding = field('encoding') ?? '';
  const detached = field('data ?file') !== undefined;
  const kind = encoding === 'raw' ? 'raw' : /^(gzip|gz)$/.test(encoding) ? 'gzip' : 'other';
  if (!detached && end === null) throw new FormatError('It ends inside its header. The file is truncated or damaged.');
  return {
    elements,
    bytes: elements * size,
    data: detached || end === null ? null : { encoding: kind, start: end.index + end[0].length },
  };
}

const META_BYTES: Readonly<Record<string, number>> = {
  CHAR: 1,
  UCHAR: 1,
  SHORT: 2,
  USHORT: 2,
  INT: 4,
  UINT: 4,
  LONG: 4,
  ULONG: 4,
  LONG_LONG: 8,
  ULONG_LONG: 8,
  FLOAT: 4,
  DOUBLE: 8,
};

function readMeta(text: string): Claim {
  const field = (name: string): RegExpExecArray | null =>
    new RegExp(`^\\s*${name}\\s*=[ \\t]*(.*?)[ \\t]*\\r?$`, 'm').exec(text);
  const file = field('ElementDataFile');
  const sizes = field('DimSize')?.[1];
  if (file === null || sizes === undefined)
    throw new FormatError(
      'This is not a MetaImage file, or it ends inside its header: DimSize or ElementDataFile is missing.',
    );
  const type = field('ElementType')?.[1] ?? '';
  const size = META_BYTES[/^MET_(\w+?)(_ARRAY)?$/.exec(type)?.[1] ?? ''];
  if (size === undefined) throw new FormatError(`Its values are of type "${type}", which is not supported.`);
  const channels = Number(field('ElementNumberOfChannels')?.[1] ?? 1);
  const elements =
    product(sizes, field('NDims')?.[1]) * (Number.isSafeInteger(channels) && channels >= 1 ? channels : NaN);
  if (Number.isNaN(elements)) throw new FormatError(`It claims to have ${channels} channels. The file is damaged.`);
  const compressed = /^true$/i.test(field('CompressedData')?.[1] ?? '');
  const ascii = /^false$/i.test(field('BinaryData')?.[1] ?? '');
  const local = /^local$/i.test(file[1] ?? '');
  const encoding = ascii ? 'other' : compressed ? 'gzip' : 'raw';
  return {
    elements,
    bytes: elements * size,
    data: local ? { encoding, start: file.index + file[0].length + 1 } : null,
  };
}

/** @throws FormatError when the sizes are not positive whole numbers, as many as there are dimensions: ITK believes the dimensions. */
function product(sizes: string, dimensions: string | undefined): number {
  const extents = sizes
    .split(/\s+/)
    .filter((extent) => extent !== '')
    .map(Number);
  if (
    extents.length < 1 ||
    extents.length > 8 ||
    !extents.every((extent) => Number.isSafeInteger(extent) && extent >= 1)
  )
    throw new FormatError(`Its sizes "${shortened(sizes)}" are not positive whole numbers. The file is damaged.`);
  if (dimensions !== String(extents.length))
    throw new FormatError(
      `It has ${extents.length} sizes for "${shortened(dimensions ?? '')}" dimensions. The file is damaged.`,
    );
  return extents.reduce((total, extent) => total * extent, 1);
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
