import { EngineError, full, ndarray, zeros } from '@delira/core';
import { crc32, type ModelDescription, parseDescription } from '@delira/onnx';
import { createServer, type Server } from 'node:http';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkProviders } from '../src/engine/checkProviders.js';
import type { Engine } from '../src/engine/Engine.js';
import { Queue } from '../src/engine/Queue.js';
import { createBackend, loadModel } from '../src/index.js';
import { openModel } from '../src/model/openModel.js';
import * as web from '../src/web/index.js';
import { exported, imagesOf } from './support/exported.js';

const folder = mkdtempSync(join(tmpdir(), 'delira-inference-errors-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { model, description } = exported;

function written(name: string, contents: { readonly model?: Uint8Array; readonly text?: string } = {}): string {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, contents.model ?? model);
  writeFileSync(join(folder, `${name}.json`), contents.text ?? JSON.stringify(description));
  return path;
}

/** A description that fits other bytes. */
const describing = (bytes: Uint8Array, changes: Partial<ModelDescription> = {}): string =>
  JSON.stringify({ ...description, ...changes, model: { bytes: bytes.length, crc32: crc32(bytes) } });

describe('files that are no exported model', () => {
  it('says that there is no such file', async () => {
    await expect(loadModel(join(folder, 'nothing.onnx'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('writes a model.onnx and a model.json beside it; keep both together') as unknown,
    });
  });

  it('says that the description is missing', async () => {
    const path = written('lonely');
    rmSync(join(folder, 'lonely.json'));
    await expect(loadModel(path)).rejects.toThrow(`There is no file ${join(folder, 'lonely.json')}`);
  });

  it('says that a folder is no file', async () => {
    mkdirSync(join(folder, 'folder.onnx'));
    copyFileSync(written('good'), join(folder, 'copy.onnx'));
    await expect(loadModel(join(folder, 'folder.onnx'))).rejects.toMatchObject({
      code: expect.stringMatching(/INPUT|NOT_FOUND/) as unknown,
    });
  });

  it('sees a file that was cut off, or of which a bit has changed', async () => {
    const short = written('short');
    truncateSync(short, 100);
    await expect(loadModel(short)).rejects.toMatchObject({
      code: 'INPUT',
      message: expect.stringContaining(
        'short.onnx is damaged, or not the model that its description is of: it has 100 bytes',
      ) as unknown,
    });
    const changed = model.slice();
    changed[300]! ^= 4;
    await expect(loadModel(written('changed', { model: changed }))).rejects.toThrow('changed.onnx is damaged');
  });

  it('says what the engine says of bytes that are no ONNX', async () => {
    const noise = Uint8Array.from({ length: 200 }, (_, index) => (index * 37) & 255);
    await expect(loadModel(written('noise', { model: noise, text: describing(noise) }))).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(
        /onnxruntime-node refused .*noise\.onnx \(cpu\): .*Is it a model that was exported with exportOnnx\?/,
      ) as unknown,
    });
    await expect(web.loadModel({ model: noise, description: describing(noise) })).rejects.toMatchObject({
      code: 'ENGINE',
    });
  });

  it('sees a description of another model', async () => {
    const inputs = { image: { shape: [1, 6, 8], dtype: 'float32' } } as const;
    await expect(loadModel({ model, description: describing(model, { inputs }) })).rejects.toThrow(
      'the model has the inputs data, but its description says image. Export the model again.',
    );
    const outputs = { ...description.outputs, aux: description.outputs['pred']! };
    await expect(loadModel({ model, description: describing(model, { outputs }) })).rejects.toThrow(
      'the model has the outputs pred, but its description says pred, aux.',
    );
  });

  it('reads no description that is not one, nor one without end', async () => {
    await expect(loadModel(written('text', { text: 'hello' }))).rejects.toThrow('is no JSON');
    await expect(loadModel(written('other', { text: '{"format":"other"}' }))).rejects.toThrow('expected "delira-onnx"');
    await expect(loadModel(written('long', { text: ' '.repeat(2 ** 22 + 1) }))).rejects.toThrow(
      'at most 4194304 are read',
    );
    writeFileSync(join(folder, 'good.json'), Uint8Array.of(0xff, 0xfe, 0xff));
    await expect(loadModel(join(folder, 'good.onnx'))).rejects.toThrow('good.json is no text');
  });

  it('refuses a description that lies about a shape at the first prediction', async () => {
    const inputs = { data: { shape: [1, 6, 9], dtype: 'float32' } } as const;
    const lying = await loadModel({ model, description: describing(model, { inputs }) });
    await expect(lying.predict(zeros([1, 1, 6, 9]))).rejects.toMatchObject({ code: 'ENGINE' });
    await lying.dispose();
  });
});

describe('inputs', () => {
  it.each([
    [{ dat: imagesOf(1) }, 'The model has no input "dat". Did you mean "data"? It has: data.'],
    [{}, 'The model takes the input "data" [N, 1, 6, 8]; got: none.'],
    [{ data: imagesOf(1), label: imagesOf(1) }, 'The model has no input "label". It has: data.'],
    [{ data: full([1, 6, 8], 0) }, 'The input "data" has the shape [1, 6, 8]; the model takes [N, 1, 6, 8].'],
    [
      { data: full([0, 1, 6, 8], 0) },
      'the model takes [N, 1, 6, 8]. Crop, pad or resize it, or export the model for this size.',
    ],
    [{ data: full([1, 1, 6, 8], 0, 'int32') }, 'The input "data" is int32; the model takes float32. Cast it.'],
  ])('refuses %o', async (batch, message) => {
    const loaded = await loadModel(exported);
    await expect(loaded.run(batch)).rejects.toMatchObject({
      code: 'INPUT',
      message: expect.stringContaining(message) as unknown,
    });
    await loaded.dispose();
  });

  it('knows the outputs there are', async () => {
    const loaded = await loadModel(exported);
    await expect(loaded.predict(imagesOf(1), { output: 'prod' })).rejects.toThrow(
      'The model has no output "prod". Did you mean "pred"? It has: pred.',
    );
    expect((await loaded.predict(imagesOf(1), { input: 'data', output: 'pred' })).shape).toEqual([1, 2, 6, 8]);
    await loaded.dispose();
  });

  it('says how many channels an image lacks', async () => {
    const preprocessing = [{ type: 'normalize', mean: [1, 2], deviation: [1, 1] }] as const;
    const loaded = await loadModel({ model, description: describing(model, { preprocessing }) });
    expect(() => loaded.prepare(ndarray([1], [1, 1, 1]))).toThrow('Give an image of 2 channels.');
    await loaded.dispose();
  });
});

describe('options', () => {
  it.each([
    [{ batchSize: 0 }, 'batchSize must be a positive integer, got 0.'],
    [{ batchSize: 1.5 }, 'batchSize must be a positive integer, got 1.5.'],
    [{ warmUp: -1 }, 'warmUp must be a number of samples, got -1.'],
    [{ threads: 0 }, 'threads must be a positive integer, got 0.'],
    [
      { providers: [] },
      "The list of providers is empty. Use ['cpu'], or put the preferred provider first: ['webgpu', 'cpu'].",
    ],
    [{ providers: ['webgp'] }, '"webgp" is not an execution provider. Did you mean "webgpu"? Here there is: cpu'],
  ])('refuses %o', async (options, message) => {
    await expect(loadModel(exported, options)).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringContaining(message) as unknown,
    });
  });

  it('tells a provider that is missing from one that does not exist', async () => {
    await expect(createBackend({ providers: ['qnn', 'cpu'] })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining(
        'The execution provider "qnn" is not there: onnxruntime-node has cpu',
      ) as unknown,
    });
    await expect(web.createBackend({ providers: ['webgpu'] })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message:
        'The execution provider "webgpu" is not there: onnxruntime-web has cpu, wasm here. Remove it from the list, or use a browser that has it.',
    });
    const engine = { name: 'onnxruntime-node', providers: ['cpu', 'webgpu'], remedy: '' } as const;
    expect(checkProviders(engine, ['webgpu', 'cpu'])).toEqual(['webgpu', 'cpu']);
  });

  it('says so when a provider does not start', async () => {
    const engine: Engine = {
      name: 'onnxruntime-node',
      tensor: () => ({ type: 'float32', dims: [], data: null }),
      create: () => Promise.reject(new Error('no adapter')),
      providers: ['cpu', 'webgpu'],
      queue: new Queue(),
      remedy: '',
    };
    const platform = { loadEngine: () => Promise.resolve(engine), readBytes: () => Promise.reject(new Error()) };
    await expect(openModel(platform, exported, { providers: ['webgpu', 'cpu'] })).rejects.toEqual(
      new EngineError(
        "onnxruntime-node refused the model (webgpu, cpu): no adapter. If webgpu does not start on this machine, use providers: ['cpu'].",
      ),
    );
  });

  it('does not take threads that a page does not have', async () => {
    await expect(web.loadModel(exported, { threads: 4 })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('Cross-Origin-Opener-Policy: same-origin') as unknown,
    });
  });
});

describe('URLs', () => {
  let server: Server;
  let address = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      const body = { '/model.onnx': model, '/model.json': JSON.stringify(description), '/long.json': ' '.repeat(5e6) }[
        request.url!
      ];
      if (request.url === '/broken.onnx') response.writeHead(500).end();
      else if (body === undefined) response.writeHead(404).end();
      else response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('loads both files', async () => {
    const loaded = await web.loadModel(`${address}/model.onnx`);
    expect(loaded.description).toEqual(parseDescription(JSON.stringify(description)));
    expect((await loaded.predict(imagesOf(2))).shape).toEqual([2, 2, 6, 8]);
    await loaded.dispose();
  });

  it('says what the server says', async () => {
    await expect(web.loadModel(`${address}/none.onnx`)).rejects.toThrow(
      /There is nothing at http.*none\.(onnx|json)\. exportOnnx/,
    );
    await expect(web.loadModel(`${address}/broken.onnx`)).rejects.toMatchObject({
      code: expect.stringMatching(/INPUT|NOT_FOUND/) as unknown,
    });
    await expect(web.loadModel(`${address}/long.onnx`)).rejects.toMatchObject({
      code: expect.stringMatching(/INPUT|NOT_FOUND/) as unknown,
    });
    await expect(web.loadModel('http://127.0.0.1:1/model.onnx')).rejects.toThrow('could not be fetched');
  });
});
