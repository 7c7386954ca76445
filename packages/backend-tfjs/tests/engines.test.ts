import * as core from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { chooseEngine } from '../src/engines/chooseEngine.js';
import { type Import, loadEngine } from '../src/engines/loadEngine.js';
import { createTfjsBackend, engineNames } from '../src/index.js';

const missing = (name: string): Error =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /app/index.js`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });

/** An application in which only these packages are installed. */
const installed =
  (packages: Readonly<Record<string, () => object>>): Import =>
  (name) =>
    packages[name] === undefined ? Promise.reject(missing(name)) : Promise.resolve().then(() => packages[name]!());

const noLibrary = (): never => {
  throw new Error('libtensorflow.so.2: cannot open shared object file: No such file or directory');
};

describe('an engine', () => {
  it.each(engineNames)('that is not installed is refused with the command that installs it (%s)', async (name) => {
    await expect(loadEngine(name, installed({}))).rejects.toMatchObject({
      code: 'MISSING_PACKAGE',
      message: expect.stringMatching(
        /^The engine ".*" of tfjs is not installed: there is no package .*\. Run: npm install /,
      ) as string,
    });
  });

  it('needs tfjs-core beside it', async () => {
    const importModule = installed({ '@tensorflow/tfjs-backend-cpu': () => ({}) });
    await expect(loadEngine('cpu', importModule)).rejects.toMatchObject({
      code: 'MISSING_PACKAGE',
      message:
        'The engine "cpu" of tfjs is not installed: there is no package @tensorflow/tfjs-core. Run: npm install @tensorflow/tfjs-core@~4.22.0 @tensorflow/tfjs-backend-cpu@~4.22.0',
    });
  });

  it('that lacks a shared library is broken, not missing', async () => {
    const importModule = installed({ '@tensorflow/tfjs-node': noLibrary });
    await expect(loadEngine('tfjs-node', importModule)).rejects.toMatchObject({
      code: 'ENGINE',
      message:
        'The engine "tfjs-node" of tfjs is installed but does not start: @tensorflow/tfjs-node failed with "libtensorflow.so.2: cannot open shared object file: No such file or directory". It needs libtensorflow beside it and a Node version below 23. Its installer fetches libtensorflow from elsewhere. Repair it (npm install @tensorflow/tfjs-node@~4.22.0), or choose another with createTfjsBackend({ engine }).',
    });
  });

  it('that lacks a package of its own is broken, not missing', async () => {
    const importModule = installed({
      '@tensorflow/tfjs-node': () => {
        throw missing('node-pre-gyp');
      },
    });
    await expect(loadEngine('tfjs-node', importModule)).rejects.toMatchObject({ code: 'ENGINE' });
  });

  it('that registers nothing is broken', async () => {
    const importModule = installed({ '@tensorflow/tfjs-node': () => core });
    await expect(loadEngine('tfjs-node', importModule)).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringContaining("Backend name 'tensorflow' not found in registry") as string,
    });
  });

  it('of an unknown name is refused', async () => {
    await expect(createTfjsBackend({ engine: 'wsam' as 'wasm' })).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: 'engine is "wsam". Did you mean "wasm"? It can be tfjs-node-gpu, tfjs-node, webgpu, wasm, cpu.',
    });
  });
});

describe('without a name', () => {
  const cpu = {
    '@tensorflow/tfjs-core': () => import('@tensorflow/tfjs-core'),
    '@tensorflow/tfjs-backend-cpu': () => import('@tensorflow/tfjs-backend-cpu'),
  };

  it('the best engine installed is taken', async () => {
    const { engine, passedOver } = await chooseEngine(installed(cpu));
    expect([engine.name, engine.version, passedOver]).toEqual(['cpu', '4.22.0', []]);
  });

  it('webgpu is passed over where there is no GPU, with the reason', async () => {
    const { engine, passedOver } = await chooseEngine(
      installed({
        ...cpu,
        '@tensorflow/tfjs-backend-webgpu': () => ({}),
        webgpu: () => ({ create: () => ({ requestAdapter: () => Promise.resolve(null) }), globals: {} }),
      }),
    );
    expect(engine.name).toBe('cpu');
    expect(passedOver).toEqual([
      { engine: 'webgpu', reason: expect.stringContaining('WebGPU finds no adapter') as string },
    ]);
  });

  it('a broken engine is not passed over', async () => {
    const importModule = installed({ ...cpu, '@tensorflow/tfjs-node': noLibrary });
    await expect(chooseEngine(importModule)).rejects.toMatchObject({ code: 'ENGINE' });
  });

  it('nothing installed is an error that names what to install', async () => {
    await expect(chooseEngine(installed({}))).rejects.toMatchObject({
      code: 'MISSING_PACKAGE',
      message:
        'No engine of tfjs is installed. Install one: npm install @tensorflow/tfjs-node@~4.22.0  ·  npm install @tensorflow/tfjs-core@~4.22.0 @tensorflow/tfjs-backend-webgpu@~4.22.0 webgpu  ·  npm install @tensorflow/tfjs-core@~4.22.0 @tensorflow/tfjs-backend-wasm@~4.22.0',
    });
  });
});
