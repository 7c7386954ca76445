import type { NDArray } from '@delira/core';
import type { Engine, EngineTensor, Session, SessionOptions } from './Engine.js';

/** What both engines export alike. */
interface OnnxRuntime {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => EngineTensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: SessionOptions): Promise<unknown>;
  };
}

/** An engine's tensors and sessions in our words. */
export function adaptEngine({ Tensor, InferenceSession }: OnnxRuntime): Pick<Engine, 'create' | 'tensor'> {
  return {
    tensor: ({ dtype, data, shape }: NDArray) => new Tensor(dtype as 'float32', data as Float32Array, [...shape]),
    create: async (model, options) => (await InferenceSession.create(model, options)) as Session,
  };
}
