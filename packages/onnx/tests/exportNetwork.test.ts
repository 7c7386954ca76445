import { Network, type InputSpec, type NDArray, type Tensor, TrainableSystem } from '@delira/core';
import { Conv2d } from '@delira/nn';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exportNetwork, parseDescription } from '../src/index.js';
import { exportOnnx } from '../src/node/index.js';
import { readModel } from './support/readModel.js';

/** As a U-Net: images of any size, labels beside them. */
class Segmenter extends Network {
  readonly config = { type: 'Segmenter', channels: 2 };
  readonly inputs: { readonly data: InputSpec; readonly label: InputSpec } = {
    data: { shape: [2, null, null], dtype: 'float32' },
    label: { shape: [null, null], dtype: 'int32' },
  };
  readonly conv = new Conv2d(2, 3, { kernel: 1 });

  override predict({ data }: { data: Tensor }): { pred: Tensor } {
    return { pred: this.conv.forward(data) };
  }
}

const network = new Segmenter();
const variables: ReadonlyMap<string, NDArray> = new TrainableSystem(network).initialState(0);
const folder = mkdtempSync(join(tmpdir(), 'delira-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('exportNetwork', () => {
  it('describes the network and its file', () => {
    const preprocessing = [{ type: 'normalize', mean: [0.5], deviation: [2] }] as const;
    const options = { shape: [2, 8, 6], classes: ['a', 'b', 'c'], spacing: [1, 1.5], preprocessing };
    const { model, description } = exportNetwork(network, variables, options);
    expect(readModel(model).graph.inputs).toEqual([{ name: 'data', type: 'float32', shape: ['batch', 2, 8, 6] }]);
    expect(description).toEqual({
      format: 'delira-onnx',
      version: 1,
      network: 'Segmenter',
      config: { type: 'Segmenter', channels: 2 },
      inputs: { data: { shape: [2, 8, 6], dtype: 'float32' } },
      outputs: { pred: { shape: [3, 8, 6], dtype: 'float32' } },
      classes: ['a', 'b', 'c'],
      spacing: [1, 1.5],
      preprocessing,
      versions: { opset: 17 },
      model: { bytes: model.length, crc32: expect.stringMatching(/^[0-9a-f]{8}$/) as unknown },
    });
    expect(parseDescription(JSON.stringify(description))).toEqual(description);
  });

  it('takes shapes by name', () => {
    const { description } = exportNetwork(network, variables, { shape: { data: [2, 4, 4] } });
    expect(description.inputs).toEqual({ data: { shape: [2, 4, 4], dtype: 'float32' } });
  });

  it('asks for extents that the network leaves open', () => {
    expect(() => exportNetwork(network, variables)).toThrow(
      'Segmenter takes "data" of the shape [2, ?, ?], and an exported model has a fixed one. Say which, such as shape: [2, 128, 128].',
    );
  });

  it('refuses a shape that does not fit', () => {
    expect(() => exportNetwork(network, variables, { shape: [1, 2, 8, 8] })).toThrow(
      'A sample of "data" cannot have the shape [1, 2, 8, 8]: Segmenter takes [2, ?, ?]. Leave the batch axis out.',
    );
    expect(() => exportNetwork(network, variables, { shape: [1, 8, 8] })).toThrow('Segmenter takes [2, ?, ?]');
  });

  it('refuses a description that could not be read again', () => {
    const preprocessing = [{ type: 'normalize', mean: [0], deviation: [0] }] as const;
    expect(() => exportNetwork(network, variables, { shape: [2, 8, 8], preprocessing })).toThrow(
      'preprocessing[0].deviation[0] is 0, expected a positive number',
    );
  });
});

describe('exportOnnx', () => {
  it('writes the model and its description side by side', async () => {
    const files = await exportOnnx(network, variables, join(folder, 'new', 'model.onnx'), { shape: [2, 8, 6] });
    expect(files).toEqual({ model: join(folder, 'new/model.onnx'), description: join(folder, 'new/model.json') });
    const { model } = parseDescription(readFileSync(files.description, 'utf8'));
    expect(readFileSync(files.model)).toHaveLength(model.bytes);
  });

  it('reads the variables of a state store', async () => {
    const state = { read: async () => variables, write: async () => undefined, dispose: async () => undefined };
    const { model } = await exportOnnx(network, state, join(folder, 'state.onnx'), { shape: [2, 8, 6] });
    const { model: expected } = exportNetwork(network, variables, { shape: [2, 8, 6] });
    expect(new Uint8Array(readFileSync(model))).toEqual(expected);
  });

  it('refuses a path that is no model, and says what hinders writing', async () => {
    await expect(exportOnnx(network, variables, join(folder, 'model.pt'))).rejects.toThrow('is a file called ….onnx');
    writeFileSync(join(folder, 'file'), '');
    const hindered = exportOnnx(network, variables, join(folder, 'file', 'model.onnx'), { shape: [2, 8, 6] });
    await expect(hindered).rejects.toMatchObject({ code: 'INPUT' });
    expect(existsSync(join(folder, 'file', 'model.json'))).toBe(false);
  });
});
