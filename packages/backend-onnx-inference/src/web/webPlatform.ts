import { InputError, NotFoundError, UnsupportedError } from '@delira/core';
import type * as onnxruntime from 'onnxruntime-web';
import { adaptEngine } from '../engine/adaptEngine.js';
import type { Engine, EngineOptions, Platform } from '../engine/Engine.js';
import { importEngine } from '../engine/importEngine.js';
import { Queue } from '../engine/Queue.js';

export interface WebEngineOptions extends EngineOptions {
  /**
   * Folder, as a URL, of the files `ort-wasm-simd-threaded*.{mjs,wasm}` of onnxruntime-web. Default: beside the script that holds the engine,
   * which is not where a bundler leaves them.
   */
  readonly wasmPaths?: string;
}

const INSTALL = 'npm install onnxruntime-web@~1.30';

const hasWebGpu = (): boolean =>
  (globalThis as { readonly navigator?: { readonly gpu?: unknown } }).navigator?.gpu !== undefined;

/** Sessions of one page share the memory of WebAssembly: two runs must not overlap, whoever asked for them. */
const queue = new Queue();

/** Threads share memory, which only an isolated page may; 0: the engine's choice. */
function checkThreads(threads: number | undefined): number {
  const isIsolated = (globalThis as { readonly crossOriginIsolated?: boolean }).crossOriginIsolated === true;
  if (threads !== undefined && threads > 1 && !isIsolated)
    throw new UnsupportedError(
      `onnxruntime-web cannot have ${threads} threads here: the page is not cross-origin isolated. Serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or use one.`,
    );
  return threads ?? (isIsolated ? 0 : 1);
}

/** A browser with onnxruntime-web, and models at URLs. Also runs in Node. */
export const webPlatform: Platform<WebEngineOptions> = {
  async loadEngine({ providers = [], threads, wasmPaths }): Promise<Engine> {
    // Each build brings its own WebAssembly: the one without WebGPU is half as large.
    const load = (): Promise<typeof onnxruntime> =>
      providers.includes('webgpu') && hasWebGpu() ? import('onnxruntime-web/webgpu') : import('onnxruntime-web/wasm');
    const engine = await importEngine('onnxruntime-web', INSTALL, load);
    const { env } = engine;
    env.wasm.numThreads = checkThreads(threads);
    if (wasmPaths !== undefined) env.wasm.wasmPaths = wasmPaths;
    return {
      name: 'onnxruntime-web',
      ...adaptEngine(engine),
      providers: hasWebGpu() ? ['cpu', 'wasm', 'webgpu'] : ['cpu', 'wasm'],
      queue,
      remedy: 'use a browser that has it',
    };
  },
  async readBytes(url, limit) {
    const response = await fetch(url).catch((cause: unknown) => {
      throw new InputError(`${url} could not be fetched: ${(cause as Error).message}.`, { cause });
    });
    if (response.status === 404)
      throw new NotFoundError(
        `There is nothing at ${url}. exportOnnx of @delira/onnx/node writes a model.onnx and a model.json; serve both from one place.`,
      );
    if (!response.ok) throw new InputError(`${url} could not be fetched: the server says ${response.status}.`);
    return readBody(url, response, limit);
  },
};

async function readBody(url: string, response: Response, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = (await reader.read()) as { readonly done: boolean; readonly value?: Uint8Array };
    if (done) break;
    parts.push(value!);
    size += value!.length;
    if (size > limit) {
      await reader.cancel();
      throw new InputError(
        `${url} has more than ${limit} bytes, which is what is read. Is it the file that was exported?`,
      );
    }
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
