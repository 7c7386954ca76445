/** Bytes in one step: eight tables instead of one take a third of the time. */
const STEP = 8;

/** Remainders of each byte followed by 0 … 7 bytes of zero, one table after the other. */
const tables = new Uint32Array(STEP * 256);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  tables[byte] = remainder;
}
for (let index = 256; index < tables.length; index++) {
  const before = tables[index - 256]!;
  tables[index] = (before >>> 8) ^ tables[before & 0xff]!;
}

/** Checksum as in zip and PNG, eight hexadecimal digits: tells a damaged or another file, not a forged one. */
export function crc32(bytes: Uint8Array): string {
  let remainder = -1;
  let index = 0;
  for (; index + STEP <= bytes.length; index += STEP) {
    const low =
      remainder ^ (bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24));
    remainder =
      tables[1792 + (low & 0xff)]! ^
      tables[1536 + ((low >>> 8) & 0xff)]! ^
      tables[1280 + ((low >>> 16) & 0xff)]! ^
      tables[1024 + (low >>> 24)]! ^
      tables[768 + bytes[index + 4]!]! ^
      tables[512 + bytes[index + 5]!]! ^
      tables[256 + bytes[index + 6]!]! ^
      tables[bytes[index + 7]!]!;
  }
  for (; index < bytes.length; index++) remainder = (remainder >>> 8) ^ tables[(remainder ^ bytes[index]!) & 0xff]!;
  return ((remainder ^ -1) >>> 0).toString(16).padStart(8, '0');
}
