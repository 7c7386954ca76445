import {
  asTensor,
  bindAll,
  conv,
  type NDArray,
  ndarray,
  noise,
  NotFoundError,
  type StateCell,
  type Tensor,
  trace,
  zeros,
} from '@delira/core';
import { describe, expect, it } from 'vitest';
import { exportModel, type ExportOptions } from '../src/index.js';
import { readModel } from './support/readModel.js';

const kernel: StateCell = { aval: { shape: [4, 2, 1, 1], dtype: 'float32' } };
const weight: StateCell = { aval: { shape: [36, 5], dtype: 'float32' } };
const names = new Map([
  [kernel, 'conv.weight'],
  [weight, 'fc.weight'],
]);
const variables: ReadonlyMap<string, NDArray> = new Map([
  ['conv.weight', zeros([4, 2, 1, 1])],
  ['fc.weight', ndarray(new Array<number>(180).fill(0.5), [36, 5], 'float64')],
  ['unused', zeros([1])],
]);
const signature = { data: { shape: [8, 2, 3, 3], dtype: 'float32' } } as const;

/** A traced prediction of `data`, whatever its batch. */
function predicting(
  body: (data: Tensor, read: (cell: StateCell) => Tensor) => Readonly<Record<string, Tensor>>,
  options = {},
): ExportOptions['trace'] {
  return ({ data }) =>
    trace((recording) => body(recording.feed('data', data!), (cell) => recording.read(cell)), {
      name: 'Net.predict',
      names,
      ...options,
    });
}

const network = predicting((data, read) => {
  const maps = conv(data, read(kernel)).relu();
  return { pred: maps.reshape([data.shape[0]!, 36]).matmul(read(weight)), maps };
});

const refused = (body: (data: Tensor) => Tensor): (() => unknown) => {
  return () => exportModel({ signature, variables, trace: predicting((data) => ({ pred: body(data) })) });
};

describe('exportModel', () => {
  const model = readModel(
    exportModel({ signature, trace: network, variables, metadata: { classes: 'a,b,c,d,e', spacing: '1,1' } }),
  );

  it('names inputs and outputs as the network does, with a dynamic batch', () => {
    expect(model.graph.inputs).toEqual([{ name: 'data', type: 'float32', shape: ['batch', 2, 3, 3] }]);
    expect(model.graph.outputs).toEqual([
      { name: 'pred', type: 'float32', shape: ['batch', 5] },
      { name: 'maps', type: 'float32', shape: ['batch', 4, 3, 3] },
    ]);
  });

  it('holds the variables the prediction reads, by name, in their own dtype', () => {
    const held = model.graph.initializers.filter(({ name }) => variables.has(name));
    expect(held.map(({ name, type, shape }) => ({ name, type, shape }))).toEqual([
      { name: 'conv.weight', type: 'float32', shape: [4, 2, 1, 1] },
      { name: 'fc.weight', type: 'float32', shape: [36, 5] },
    ]);
    expect([...new Float32Array(held[1]!.bytes.buffer)]).toEqual(new Array(180).fill(0.5));
  });

  it('lets Reshape find the batch', () => {
    const shape = model.graph.initializers.find(({ type }) => type === 'int64')!;
    expect([...new BigInt64Array(shape.bytes.buffer)]).toEqual([-1n, 36n]);
  });

  it('computes the batch where a variable is repeated for each sample', () => {
    const scaled = predicting((data, read) => {
      const rows = data.shape[0]!;
      const scale = read(kernel)
        .reshape([1, 8])
        .broadcastTo([rows, 8])
        .reshape([rows * 8]);
      return { pred: scale.reshape([rows, 8]).add(data.sum([1, 2, 3]).reshape([rows, 1])) };
    });
    const { nodes, initializers } = readModel(exportModel({ signature, trace: scaled, variables })).graph;
    expect(nodes.slice(0, 3).map(({ type, inputs, outputs }) => [type, inputs, outputs])).toEqual([
      ['Shape', ['data'], ['batch']],
      ['Mul', ['int64_0 of each sample', 'batch'], ['int64_0 of the batch']],
      ['Add', ['int64_0 of the batch', 'int64_0 besides'], ['int64_0']],
    ]);
    const values = (name: string) => {
      const { bytes } = initializers.find((initializer) => initializer.name === `int64_0 ${name}`)!;
      return [...new BigInt64Array(bytes.slice().buffer)];
    };
    expect([values('of each sample'), values('besides')]).toEqual([
      [1n, 0n],
      [0n, 8n],
    ]);
  });

  it('uses standard operators only, and says what it was told', () => {
    expect(model).toMatchObject({ opset: 17, domains: {}, metadata: { classes: 'a,b,c,d,e', spacing: '1,1' } });
    expect(model.graph.name).toBe('Net.predict');
    expect(model.graph.nodes.map(({ type, domain }) => `${domain}${type}`)).toEqual([
      'Conv',
      'Relu',
      'Reshape',
      'MatMul',
      'Identity',
      'Identity',
    ]);
  });

  it('makes an axis dynamic into which the batch was merged', () => {
    const merged = exportModel({
      signature,
      variables,
      trace: predicting((data) => ({ rows: data.reshape([data.shape[0]! * 6, 3]) })),
    });
    expect(readModel(merged).graph.outputs).toEqual([{ name: 'rows', type: 'float32', shape: ['batch * 6', 3] }]);
  });

  it('refuses a mean over the batch', () => {
    expect(refused((data) => data.sub(data.mean()))).toThrow(
      'This network cannot be exported with a dynamic batch: a constant read by Mul_5 depends on the batch size. Keep samples independent in predict: no mean over, reshape across or broadcast to the batch axis.',
    );
  });

  it.each([
    [
      'statistics of the batch',
      (data: Tensor) => bindAll('batchNorm', [data, data.sum([0, 2, 3]), data.sum([0, 2, 3])], { epsilon: 1e-5 })[0]!,
    ],
    ['a broadcast to the batch', (data: Tensor) => data.sum([0]).reshape([1, 2, 3, 3]).broadcastTo(data.shape)],
    ['a constant as long as the batch', (data: Tensor) => data.add(asTensor(zeros([data.shape[0]!, 1, 1, 1])))],
    ['layers counted by the batch', (data: Tensor) => (data.shape[0]! > 7910 ? data.relu() : data)],
    ['other layers for some batches', (data: Tensor) => (data.shape[0]! > 7910 ? data.relu() : data.neg())],
  ])('refuses %s', (_, body) => {
    const thrown = (() => {
      try {
        refused(body)();
      } catch (error) {
        return error;
      }
      return null;
    })();
    expect(thrown).toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining('dynamic batch') as unknown });
  });

  it('refuses a program that trains, or draws noise', () => {
    const training: ExportOptions['trace'] = ({ data }) =>
      trace(
        (recording) => {
          recording.assign(kernel, recording.read(kernel).mul(2));
          return { pred: recording.feed('data', data!) };
        },
        { name: 'Net.train', training: true, names },
      );
    expect(() => exportModel({ signature, variables, trace: training })).toThrow(
      'The program "Net.train" trains; export a prediction program.',
    );
    const noisy = predicting((data) => ({ pred: data.add(noise.normal('z', data.shape)) }));
    expect(() => exportModel({ signature, variables, trace: noisy })).toThrow(
      'The program "Net.predict" draws noise (z); export a deterministic prediction program.',
    );
  });

  it('names the variable that has no value', () => {
    expect(() => exportModel({ signature, trace: network, variables: new Map() })).toThrow(
      new NotFoundError(
        'The exported network reads the variable "conv.weight", but there is no value for it. Read all variables from the state store.',
      ),
    );
  });

  it('refuses two values of one name', () => {
    const echo = predicting((data) => ({ data: data.relu() }));
    expect(() => exportModel({ signature, variables, trace: echo })).toThrow(
      'Two values of the exported model would be called "data". Give inputs, predictions and variables names of their own.',
    );
  });
});
