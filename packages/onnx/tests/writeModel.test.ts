import { describe, expect, it } from 'vitest';
import { elementTypes, type OnnxModel, writeModel } from '../src/index.js';
import { readModel } from './support/readModel.js';

/** One of everything a model can hold. */
const model: OnnxModel = {
  opset: 17,
  domains: { 'com.example': 1 },
  metadata: { classes: 'null,eins', note: 'größe' },
  graph: {
    name: 'main',
    nodes: [
      {
        name: 'block/Conv_0',
        type: 'Conv',
        domain: '',
        inputs: ['x', '', 'w'],
        outputs: ['y', 'z'],
        attributes: {
          group: 1,
          pads: [0, 1, -1, 2],
          kernel_shape: [],
          alpha: { float: 0.5 },
          whole: { float: 1 },
          slopes: { floats: [0.25, -2] },
          mode: 'constant',
        },
      },
      {
        name: 'steps',
        type: 'Scan',
        domain: 'com.example',
        inputs: [],
        outputs: [],
        attributes: {
          body: {
            graph: {
              name: 'body',
              nodes: [{ name: 'i', type: 'Identity', domain: '', inputs: ['a'], outputs: ['b'], attributes: {} }],
              initializers: [],
              inputs: [{ name: 'a', type: 'bool', shape: [] }],
              outputs: [{ name: 'b', type: 'bool', shape: [] }],
            },
          },
        },
      },
    ],
    initializers: [
      { name: 'w', type: 'float32', shape: [2, 1], bytes: new Uint8Array(Float32Array.of(1, -2).buffer) },
      { name: 's', type: 'int64', shape: [], bytes: new Uint8Array(BigInt64Array.of(-1n).buffer) },
    ],
    inputs: [{ name: 'x', type: 'float32', shape: ['batch', 3, 300] }],
    outputs: [
      { name: 'y', type: 'int32', shape: ['batch'] },
      { name: 'all', type: 'uint8', shape: ['steps', 2], sequence: true },
    ],
    values: [{ name: 'z', type: 'float32', shape: ['rows', 4] }],
  },
};

describe('writeModel', () => {
  it('writes what onnx.proto3 describes', () => {
    expect(readModel(writeModel(model))).toEqual({ ...model, irVersion: 9, producer: 'delira' });
  });

  it('writes the bytes of a small model', () => {
    const small: OnnxModel = {
      opset: 17,
      domains: {},
      metadata: {},
      graph: {
        name: 'g',
        nodes: [{ name: 'n', type: 'Neg', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
        initializers: [],
        inputs: [{ name: 'x', type: 'float32', shape: [2] }],
        outputs: [],
      },
    };
    const expected = [
      '0809', // ir_version: 9
      '120664656c697261', // producer_name: "delira"
      '3a24', // graph, 36 bytes:
      '0a0e' + '0a0178' + '120179' + '1a016e' + '22034e6567', // node { input: "x", output: "y", name: "n", op_type: "Neg" }
      '120167', // name: "g"
      '5a0f' + '0a0178', // input { name: "x",
      '120a' + '0a08' + '0801' + '1204' + '0a02' + '0802', // type { tensor_type { elem_type: 1, shape { dim { 2 } } } } }
      '4204' + '0a00' + '1011', // opset_import { domain: "", version: 17 }
    ];
    expect(Buffer.from(writeModel(small)).toString('hex')).toBe(expected.join(''));
  });

  it('numbers element types as the standard does', () => {
    expect(elementTypes).toEqual({ float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11 });
  });
});
