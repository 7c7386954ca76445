import { ArgumentError, UnsupportedError } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { checkProviders } from '../src/engine/checkProviders.js';
import { createOnnxBackend } from '../src/index.js';

const engine = {
  listSupportedBackends: () => [
    { name: 'cpu', bundled: true },
    { name: 'webgpu', bundled: true },
  ],
};

function refusal(providers: readonly string[]): unknown {
  try {
    return checkProviders(engine, providers);
  } catch (error) {
    return error;
  }
}

describe('checkProviders', () => {
  it('keeps the order of what is there', () => {
    expect(checkProviders(engine, ['webgpu', 'cpu'])).toEqual(['webgpu', 'cpu']);
  });

  it('refuses an empty list and shows one', () => {
    expect(refusal([])).toEqual(
      new ArgumentError(
        "The list of providers is empty. Use ['cpu'], or put the preferred provider first: ['cuda', 'cpu'].",
      ),
    );
  });

  it('suggests the provider that was meant and lists those of the installation', () => {
    expect(refusal(['webgp'])).toEqual(
      new ArgumentError(
        '"webgp" is not an execution provider. Did you mean "webgpu"? This installation has: cpu, webgpu.',
      ),
    );
  });

  it('tells a provider that is missing from one that does not exist', () => {
    const error = refusal(['cuda', 'cpu']);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error).toMatchObject({
      code: 'UNSUPPORTED',
      message:
        'The execution provider "cuda" is not part of this installation of onnxruntime-node, which has: cpu, webgpu. Remove it from the list, or install a build that has it.',
    });
  });
});

describe('createOnnxBackend', () => {
  it('runs on the CPU unless told otherwise', async () => {
    const backend = await createOnnxBackend({ thread: 'inline', flavour: 'portable' });
    expect(backend.info).toMatchObject({ providers: ['cpu'], flavour: 'portable', reason: 'asked for' });
    expect(backend.info.processId).toBe(process.pid);
    await backend.dispose();
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d threads', async (threads) => {
    await expect(createOnnxBackend({ thread: 'inline', threads })).rejects.toEqual(
      new ArgumentError(`threads must be a positive integer, got ${threads}.`),
    );
  });

  it('refuses an unknown place for the engine', async () => {
    await expect(createOnnxBackend({ thread: 'proces' as 'process' })).rejects.toEqual(
      new ArgumentError('thread is "proces". Did you mean "process"? It can be worker, process, inline.'),
    );
  });

  it('refuses an unknown flavour', async () => {
    await expect(createOnnxBackend({ thread: 'inline', flavour: 'tunde' as 'tuned' })).rejects.toEqual(
      new ArgumentError('flavour is "tunde". Did you mean "tuned"? It can be auto, portable, tuned.'),
    );
  });
});
