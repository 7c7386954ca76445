/** A field's value as it stands on the wire: a varint, four bytes, or a length-delimited payload. */
export type WireValue = bigint | Uint8Array;

export type Fields = ReadonlyMap<number, readonly WireValue[]>;

function varint(bytes: Uint8Array, start: number): readonly [value: bigint, end: number] {
  let value = 0n;
  for (let offset = start, shift = 0n; ; offset++, shift += 7n) {
    value |= BigInt(bytes[offset]! & 0x7f) << shift;
    if (bytes[offset]! < 0x80) return [BigInt.asIntN(64, value), offset + 1];
  }
}

/** The values of each field of a message, in order. */
export function readProtobuf(bytes: Uint8Array): Fields {
  const fields = new Map<number, WireValue[]>();
  for (let offset = 0; offset < bytes.length;) {
    const [tag, next] = varint(bytes, offset);
    const [field, wireType] = [Number(tag >> 3n), Number(tag & 7n)];
    let value: WireValue;
    if (wireType === 0) {
      [value, offset] = varint(bytes, next);
    } else {
      if (wireType !== 2 && wireType !== 5) throw new Error(`Wire type ${wireType} at byte ${offset}.`);
      const [length, start] = wireType === 5 ? [4, next] : varint(bytes, next);
      offset = start + Number(length);
      if (offset > bytes.length) throw new Error(`Field ${field} ends after the message.`);
      value = bytes.subarray(start, offset);
    }
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

/** Integers of a packed repeated field. */
export function readPacked(bytes: Uint8Array): number[] {
  const values: number[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const [value, next] = varint(bytes, offset);
    values.push(Number(value));
    offset = next;
  }
  return values;
}
