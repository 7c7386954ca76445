import { promisify } from 'node:util';
import { constants, gunzip, gunzipSync } from 'node:zlib';
import { FormatError } from '../errors.js';

/** Deflate cannot shrink data further than to a 1032nd. */
const BEST_RATIO = 1032;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The first bytes of what a gzip file holds, at least `length` of them where there are as many. @throws FormatError */
export function decompressStart(bytes: Uint8Array, length: number): Uint8Array {
  // A whole deflate block may come before the first byte; no block header is longer than this.
  const prefix = bytes.subarray(0, length + 4096);
  try {
    return gunzipSync(prefix, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (cause) {
    throw damaged(cause);
  }
}

/** Everything a gzip file holds, when that is `expected` bytes; a little more is let pass, but not kept in mind for. @throws FormatError */
export async function decompress(bytes: Uint8Array, expected: number): Promise<Uint8Array> {
  checkRatio(bytes, expected);
  try {
    return await promisify(gunzip)(bytes, limits(expected));
  } catch (cause) {
    throw damaged(cause);
  }
}

/** As `decompress`, at once. @throws FormatError */
export function decompressSync(bytes: Uint8Array, expected: number): Uint8Array {
  checkRatio(bytes, expected);
  try {
    return gunzipSync(bytes, limits(expected));
  } catch (cause) {
    throw damaged(cause);
  }
}

function checkRatio(bytes: Uint8Array, expected: number): void {
  if (expected > bytes.length * BEST_RATIO)
    throw new FormatError(
      `The header asks for ${expected} bytes, but ${bytes.length} compressed bytes hold at most ${bytes.length * BEST_RATIO}. The file is truncated or damaged.`,
    );
}

function limits(expected: number): { readonly chunkSize: number; readonly maxOutputLength: number } {
  const slack = 65_536;
  // One chunk for all of it saves joining many.
  return { chunkSize: Math.max(1024, expected + 1), maxOutputLength: expected + slack };
}

function damaged(cause: unknown): FormatError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ERR_BUFFER_TOO_LARGE')
    return new FormatError('It decompresses to more than its header says. The file is damaged.', { cause });
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new FormatError(`It cannot be decompressed (${detail}). The file is truncated or damaged.`, { cause });
}
