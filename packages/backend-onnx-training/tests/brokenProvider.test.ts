import { trace } from '@delira/core';
import { portableFlavour } from '@delira/onnx';
import { expect, it } from 'vitest';
import { CompiledProgram } from '../src/engine/CompiledProgram.js';
import type { Engine } from '../src/engine/loadEngine.js';

/** What onnxruntime-node says where there is no graphics driver; line end included. */
const REASON = 'Failed to get a WebGPU adapter: No supported adapters\n';

const engine = {
  InferenceSession: { create: () => Promise.reject(new Error(REASON)) },
} as unknown as Engine;

it('says what to do when a provider does not start', async () => {
  const program = trace((recording) => ({ y: recording.feed('x', { shape: [2], dtype: 'float32' }).relu() }), {
    name: 'tiny',
  });
  const settings = { providers: ['webgpu', 'cpu'], threads: 1, spinning: false } as const;
  await expect(CompiledProgram.create(engine, program, portableFlavour, settings)).rejects.toMatchObject({
    code: 'ENGINE',
    message: `ONNX Runtime refused the program "tiny" (portable, webgpu, cpu): ${REASON.trim()}. If webgpu does not start on this machine, use providers: ['cpu'].`,
  });
});
