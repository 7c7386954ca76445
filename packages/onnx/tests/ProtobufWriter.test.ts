import { describe, expect, it } from 'vitest';
import { ProtobufWriter } from '../src/model/ProtobufWriter.js';
import { readPacked, readProtobuf } from './support/readProtobuf.js';

const hex = (writer: ProtobufWriter): string => Buffer.from(writer.finish()).toString('hex');

describe('ProtobufWriter', () => {
  // The examples of the Protocol Buffers encoding guide.
  it('writes an integer as a varint: field 1, 150', () => {
    expect(hex(new ProtobufWriter().integer(1, 150))).toBe('089601');
  });

  it('writes a string with its length: field 2, "testing"', () => {
    expect(hex(new ProtobufWriter().string(2, 'testing'))).toBe('120774657374696e67');
  });

  it('writes a message within a message: field 3, of field 1, 150', () => {
    expect(hex(new ProtobufWriter().message(3, (inner) => inner.integer(1, 150)))).toBe('1a03089601');
  });

  it('packs integers: field 6, 3, 270, 86942', () => {
    expect(hex(new ProtobufWriter().integers(6, [3, 270, 86942]))).toBe('3206038e029ea705');
  });

  it('writes a negative integer in ten bytes', () => {
    expect(hex(new ProtobufWriter().integer(1, -2))).toBe('08feffffffffffffffff01');
  });

  it('writes a float in four bytes, little-endian', () => {
    expect(hex(new ProtobufWriter().float(2, 1.5))).toBe('150000c03f');
  });

  it('writes the two bytes of a field number above 15, text in UTF-8, and nothing for an empty list', () => {
    expect(hex(new ProtobufWriter().integer(20, 7))).toBe('a00107');
    expect(hex(new ProtobufWriter().string(1, 'é'))).toBe('0a02c3a9');
    expect(hex(new ProtobufWriter().integers(8, []))).toBe('4200');
  });

  it('keeps integers of any size', () => {
    const values = [0, 1, 127, 128, 16383, 16384, 2 ** 31, 2 ** 32, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER];
    const both = [...values, ...values.map((value) => -value)];
    const fields = readProtobuf(new ProtobufWriter().integers(1, both).finish());
    expect(readPacked(fields.get(1)![0] as Uint8Array)).toEqual(both.map((value) => value + 0));
    for (const value of both) {
      expect(readProtobuf(new ProtobufWriter().integer(1, value).finish()).get(1)).toEqual([BigInt(value)]);
    }
  });
});
