import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32, DESCRIPTION_LIMIT, parseDescription } from '../src/index.js';

const valid = {
  format: 'delira-onnx',
  version: 1,
  network: 'UNet2d',
  config: { depth: 3 },
  inputs: { data: { shape: [1, 16, 16], dtype: 'float32' } },
  outputs: { pred: { shape: [4, 16, 16], dtype: 'float32' } },
  classes: ['background', 'lobe'],
  spacing: [1, 1],
  preprocessing: [{ type: 'clip', low: 0, high: 255 }, { type: 'standardize' }],
  versions: { opset: 17 },
  model: { bytes: 1000, crc32: '0123abcd' },
};

const read = (changes: object): unknown => parseDescription(JSON.stringify({ ...valid, ...changes }));

describe('parseDescription', () => {
  it('reads what was written', () => {
    expect(read({})).toEqual(valid);
  });

  it('drops what it does not know', () => {
    expect(read({ run: 'rm -rf /', preprocessing: [{ type: 'standardize', code: 'x' }] })).toEqual({
      ...valid,
      preprocessing: [{ type: 'standardize' }],
    });
  });

  it.each([
    [{ format: 'other' }, 'format is "other", expected "delira-onnx"'],
    [{ version: 2 }, 'version is 2, expected 1: it was written by a newer release'],
    [{ network: 3 }, 'network is 3, expected a text'],
    [{ network: 'x'.repeat(1001) }, 'expected a text of at most 1000 characters'],
    [{ inputs: {} }, 'inputs is [], expected 1 to 64 entries'],
    [{ inputs: null }, 'inputs is null, expected an object'],
    [{ inputs: { data: { shape: [1, -3], dtype: 'float32' } } }, 'inputs.data.shape[1] is -3, expected an integer'],
    [{ inputs: { data: { shape: [2 ** 40], dtype: 'float32' } } }, 'inputs.data.shape[0] is 1099511627776'],
    [{ inputs: { data: { shape: new Array(9).fill(1), dtype: 'float32' } } }, 'expected a list of at most 8'],
    [{ outputs: { pred: { shape: [1], dtype: 'int64' } } }, 'outputs.pred.dtype is "int64", expected float32'],
    [{ classes: [1] }, 'classes[0] is 1, expected a text'],
    [{ spacing: [0] }, 'spacing[0] is 0, expected a positive number'],
    [{ preprocessing: [{ type: 'eval' }] }, 'preprocessing[0].type is "eval", expected clip, normalize'],
    [{ preprocessing: [{ type: 'clip', low: 'a', high: 1 }] }, 'preprocessing[0].low is "a", expected a number'],
    [{ preprocessing: new Array(33).fill({ type: 'standardize' }) }, 'expected a list of at most 32'],
    [{ versions: undefined }, 'versions is missing, expected an object'],
    [{ model: { bytes: 10, crc32: 'zz' } }, 'model.crc32 is "zz", expected 8 hexadecimal digits'],
  ])('refuses %o', (changes, message) => {
    expect(() => read(changes)).toThrow(message);
  });

  it('refuses what is no JSON, too long, or too deep', () => {
    expect(() => parseDescription('{"format":')).toThrow('The description of the model is no JSON');
    expect(() => parseDescription(' '.repeat(DESCRIPTION_LIMIT + 1))).toThrow('at most 1048576 are read');
    expect(() => parseDescription('['.repeat(500_000))).toThrow('The description of the model is no');
  });

  it('throws nothing but InputError, whatever it reads', () => {
    const text = JSON.stringify(valid);
    const damaged = fc
      .tuple(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 3 }))
      .map(([at, piece]) => text.slice(0, at) + piece + text.slice(at + piece.length));
    fc.assert(
      fc.property(fc.oneof(damaged, fc.json()), (json) => {
        try {
          parseDescription(json);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INPUT' });
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('crc32', () => {
  it('is that of zip', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe('cbf43926');
    expect(crc32(new Uint8Array())).toBe('00000000');
    expect(crc32(Uint8Array.from({ length: 1000 }, (_, index) => index * 7 + 3))).toBe('17bc2a46');
  });
});
