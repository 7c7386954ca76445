import { readFileSync } from 'node:fs';
import { ArgumentError, type DType, dtypes, type NDArray, ndarray, ShapeError, zeros } from '@delira/core';
import { FormatError, readSafetensors, writeSafetensors } from '../src/index.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Recorded {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<
    Record<string, { readonly dtype: string; readonly shape: number[]; readonly values: string[] }>
  >;
  readonly fileBase64: string;
}
const recorded = JSON.parse(readFileSync(new URL('fixtures/safetensors.json', import.meta.url), 'utf8')) as Recorded;
const official = new Uint8Array(Buffer.from(recorded.fileBase64, 'base64'));

/** A file with any header. */
function fileOf(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

describe('a file of the official library', () => {
  const { tensors, metadata } = readSafetensors(official);

  it('is read from a Buffer at any place in memory', () => {
    const buffer = Buffer.concat([Buffer.from([0]), official]).subarray(1);
    expect(readSafetensors(buffer).tensors).toEqual(tensors);
  });

  it('is read whole', () => {
    expect(metadata).toEqual(recorded.metadata);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(recorded.tensors).sort());
    for (const [name, { shape, values }] of Object.entries(recorded.tensors)) {
      const array = tensors.get(name)!;
      expect(array.shape).toEqual(shape);
      if (name !== 'half')
        expect([...array.data]).toEqual(
          values.map((value) => ({ True: 1, False: 0, inf: Infinity })[value] ?? Number(value)),
        );
    }
  });

  it('gives the dtypes that are ours', () => {
    expect(tensors.get('half')).toEqual(ndarray([0x3c00, 0x7bff], [2], 'float16'));
    expect(tensors.get('bn1.num_batches_tracked')).toEqual(ndarray([3], [], 'int32'));
    expect(tensors.get('mask')!.dtype).toBe('bool');
    expect(tensors.get('double')!.dtype).toBe('float64');
    expect(tensors.get('empty')).toEqual(ndarray([], [0, 3]));
  });

  it('is read the same from an odd place in memory', () => {
    const shifted = new Uint8Array(official.length + 3);
    shifted.set(official, 3);
    expect(readSafetensors(shifted.subarray(3))).toEqual({ tensors, metadata });
  });
});

describe('reading', () => {
  it('gives views of the bytes, without copying', () => {
    const file = writeSafetensors(new Map([['a', ndarray([1, 2], [2])]]));
    expect(readSafetensors(file).tensors.get('a')!.data.buffer).toBe(file.buffer);
  });

  it('widens bfloat16', () => {
    const file = fileOf(
      '{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}',
      new Uint8Array([0xc0, 0x3f, 0x00, 0xc2]),
    );
    expect(readSafetensors(file).tensors.get('a')).toEqual(ndarray([1.5, -32], [2]));
  });

  it('takes 64-bit integers that fit into 32 bits, and no others', () => {
    const read = (value: bigint): NDArray | undefined =>
      readSafetensors(
        fileOf(
          '{"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}',
          new Uint8Array(new BigInt64Array([value]).buffer),
        ),
      ).tensors.get('a');
    expect(read(-2147483648n)).toEqual(ndarray([-2147483648], [], 'int32'));
    expect(read(2147483647n)).toEqual(ndarray([2147483647], [], 'int32'));
    expect(() => read(2147483648n)).toThrow(
      new FormatError('Tensor "a" holds 2147483648, which does not fit into int32. I64 is read as int32.'),
    );
  });

  it.each([
    ['I8', new Int8Array([-128, 127])],
    ['I16', new Int16Array([-32768, 32767])],
    ['U16', new Uint16Array([0, 65535])],
    ['U32', new Uint32Array([0, 2147483647])],
    ['U64', new BigUint64Array([0n, 2147483647n])],
  ])('takes %s as int32', (type, values) => {
    const header = `{"a":{"dtype":"${type}","shape":[2],"data_offsets":[0,${values.byteLength}]}}`;
    const read = (bytes: Uint8Array) => readSafetensors(fileOf(header, bytes)).tensors.get('a');
    expect(read(new Uint8Array(values.buffer))).toEqual(ndarray(Array.from(values, Number), [2], 'int32'));
    if (type.startsWith('U') && values.BYTES_PER_ELEMENT >= 4)
      expect(() => read(new Uint8Array(values.byteLength).fill(255))).toThrow(`${type} is read as int32.`);
  });

  const tensor = (begin: number, end: number, extent = end - begin): string =>
    `{"dtype":"U8","shape":[${extent}],"data_offsets":[${begin},${end}]}`;
  it.each<readonly [string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'A file of 0 bytes'],
    ['a header longer than the limit', fileOf('{}').fill(0xff, 0, 8), 'beyond the limit of 100000000'],
    ['a header longer than the file', fileOf('{}').fill(100, 0, 1), 'but only 2 follow'],
    ['no JSON', fileOf('{"a"'), 'not JSON'],
    ['no object', fileOf('[]'), 'not a JSON object'],
    ['a header that begins with a space', fileOf(' {}'), 'not a JSON object'],
    ['invalid UTF-8', fileOf('{"?":0}').fill(0xff, 10, 11), 'not JSON'],
    ['a missing dtype', fileOf('{"a":{"shape":[],"data_offsets":[0,0]}}'), 'entry of tensor "a" needs a dtype'],
    ['a null entry', fileOf('{"a":null}'), 'entry of tensor "a" needs a dtype'],
    ['a negative extent', fileOf('{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}}'), 'entry of tensor "a"'],
    ['a fractional offset', fileOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0.5,0.5]}}'), 'entry of tensor "a"'],
    ['three offsets', fileOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0,0]}}'), 'entry of tensor "a"'],
    [
      'an unknown dtype',
      fileOf('{"a":{"dtype":"C64","shape":[0],"data_offsets":[0,0]}}'),
      'of type C64, which is not supported',
    ],
    [
      'a shape that does not fit its offsets',
      fileOf(`{"a":${tensor(0, 4, 5)}}`, new Uint8Array(4)),
      'takes 5 bytes, but its offsets 0 to 4 enclose 4',
    ],
    [
      'a shape beyond all memory',
      fileOf(
        '{"a":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}',
        new Uint8Array(4),
      ),
      'takes',
    ],
    [
      'overlapping tensors',
      fileOf(`{"a":${tensor(0, 4)},"b":${tensor(2, 6)}}`, new Uint8Array(6)),
      'Tensor "b" begins at byte 2, inside another tensor',
    ],
    [
      'a gap',
      fileOf(`{"a":${tensor(0, 2)},"b":${tensor(4, 6)}}`, new Uint8Array(6)),
      'Tensor "b" begins at byte 4, after a gap',
    ],
    [
      'offsets beyond the file',
      fileOf(`{"a":${tensor(0, 4)}}`, new Uint8Array(3)),
      'The tensors need 4 bytes, but only 3 follow',
    ],
    ['bytes of no tensor', fileOf(`{"a":${tensor(0, 4)}}`, new Uint8Array(5)), '1 bytes follow the last tensor'],
    [
      'a name that comes twice',
      fileOf(`{"a":${tensor(0, 1)},"a":${tensor(0, 1)}}`, new Uint8Array(1)),
      'the key "a" twice',
    ],
    [
      'a name that comes twice in two spellings',
      fileOf(`{"a":${tensor(0, 1)},"\\u0061":${tensor(0, 1)}}`, new Uint8Array(1)),
      'the key "a" twice',
    ],
    [
      'a field that comes twice',
      fileOf('{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      'the key "dtype" twice',
    ],
    ['metadata that is not text', fileOf('{"__metadata__":{"step":3}}'), 'Its values are strings'],
    ['metadata that is no object', fileOf('{"__metadata__":[]}'), 'is not an object'],
    [
      'a boolean that is neither',
      fileOf('{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}', new Uint8Array([1, 2])),
      'byte 1 is 2',
    ],
  ])('refuses %s', (_, file, message) => {
    expect(() => readSafetensors(file)).toThrow(FormatError);
    expect(() => readSafetensors(file)).toThrow(message);
  });

  it('takes another limit', () => {
    const file = writeSafetensors(new Map([['a', zeros([1])]]));
    expect(() => readSafetensors(file, { headerBytes: 10 })).toThrow(FormatError);
    expect(readSafetensors(file, { headerBytes: 100 }).tensors.size).toBe(1);
  });

  it('does not take a value for a key', () => {
    expect(readSafetensors(fileOf('{"__metadata__":{"a":"b","b":"a","c":"{\\"a\\":1,\\"a\\":2}"}}')).metadata).toEqual({
      a: 'b',
      b: 'a',
      c: '{"a":1,"a":2}',
    });
  });

  it('gives a value or a FormatError for 400 damaged files', () => {
    const seen = { value: 0, error: 0 };
    const position = fc.nat(official.length - 1);
    const mutation = fc.oneof(
      fc.record({ kind: fc.constant('flip' as const), at: position, bit: fc.nat(7) }),
      fc.record({
        kind: fc.constant('byte' as const),
        at: position,
        value: fc.oneof(fc.nat(255), fc.integer({ min: 48, max: 57 })),
      }),
      fc.record({ kind: fc.constant('cut' as const), at: position }),
      fc.record({ kind: fc.constant('remove' as const), at: position, count: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ kind: fc.constant('repeat' as const), at: position, count: fc.integer({ min: 1, max: 20 }) }),
    );
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 2 }), (mutations) => {
        let file = [...official];
        for (const each of mutations) {
          if (each.kind === 'flip') file[each.at] = (file[each.at] ?? 0) ^ (1 << each.bit);
          else if (each.kind === 'byte') file[each.at] = each.value;
          else if (each.kind === 'cut') file = file.slice(0, each.at);
          else if (each.kind === 'remove') file.splice(each.at, each.count);
          else file.splice(each.at, 0, ...file.slice(each.at, each.at + each.count));
        }
        try {
          for (const array of readSafetensors(Uint8Array.from(file)).tensors.values())
            expect(array.data.length).toBe(array.shape.reduce((a, b) => a * b, 1));
          seen.value++;
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          seen.error++;
        }
      }),
      { seed: 7, numRuns: 400 },
    );
    expect(seen.value).toBeGreaterThan(5);
    expect(seen.error).toBeGreaterThan(200);
  });
});

describe('writing', () => {
  it('writes this file', () => {
    const file = writeSafetensors(
      new Map<string, NDArray>([
        ['b', ndarray([1], [1], 'uint8')],
        ['a', ndarray([1.5], [])],
      ]),
      { note: 'hi' },
    );
    const header =
      '{"__metadata__":{"note":"hi"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(Buffer.from(file)).toEqual(
      Buffer.concat([
        Buffer.from([padded.length, 0, 0, 0, 0, 0, 0, 0]),
        Buffer.from(padded),
        Buffer.from([0, 0, 0xc0, 0x3f, 1]),
      ]),
    );
  });

  it('writes an empty file', () => {
    expect(readSafetensors(writeSafetensors(new Map()))).toEqual({ tensors: new Map(), metadata: {} });
  });

  it('is the inverse of reading', () => {
    const finite: Readonly<Record<DType, fc.Arbitrary<number>>> = {
      float64: fc.double(),
      float32: fc.float(),
      float16: fc.nat(0xffff),
      int32: fc.integer(),
      uint8: fc.nat(255),
      bool: fc.nat(1),
    };
    const array = fc.constantFrom(...dtypes).chain((dtype) =>
      fc.array(fc.nat(3), { maxLength: 3 }).chain((shape) => {
        const length = shape.reduce((a, b) => a * b, 1);
        return fc
          .array(finite[dtype], { minLength: length, maxLength: length })
          .map((values) => ndarray(values, shape, dtype));
      }),
    );
    const name = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('__proto__', 'constructor', '0', '10', '9', '"\\', 'layer1.0.conv1.weight'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, array), { maxLength: 6 }),
        fc.dictionary(name, fc.string({ unit: 'grapheme' })),
        (entries, metadata) => {
          const tensors = new Map<string, NDArray>(entries);
          const read = readSafetensors(writeSafetensors(tensors, metadata));
          expect(new Map([...read.tensors].sort())).toEqual(new Map([...tensors].sort()));
          expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort());
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  it('keeps what it was given apart from its memory', () => {
    const whole = new Float32Array([1, 2, 3, 4]);
    const file = writeSafetensors(new Map([['middle', ndarray(whole.subarray(1, 3), [2])]]));
    expect([...readSafetensors(file).tensors.get('middle')!.data]).toEqual([2, 3]);
  });

  it('refuses names and arrays that make no valid file', () => {
    expect(() => writeSafetensors(new Map([['__metadata__', zeros([1])]]))).toThrow(ArgumentError);
    expect(() => writeSafetensors(new Map([['\ud800', zeros([1])]]))).toThrow(ArgumentError);
    expect(() => writeSafetensors(new Map([['a', { ...zeros([3]), shape: [2] }]]))).toThrow(
      new ShapeError('Tensor "a" has 3 values, but its shape [2] holds 2.'),
    );
  });
});
