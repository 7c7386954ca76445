import { DESCRIPTION_LIMIT, descriptionPath, type ModelDescription } from '@delira/onnx';
import { InputError } from '@delira/core';
import type { EngineOptions, Platform } from '../engine/Engine.js';
import { Runtime } from '../engine/Runtime.js';
import { InferenceModel, type InferenceModelOptions } from './InferenceModel.js';

/** Protobuf, and with it ONNX, ends there. */
const MODEL_LIMIT = 2 ** 31 - 1;

/** Files: the path or URL of the `.onnx` file, whose description stands beside it. Or the contents of both. */
export type ModelSource = string | { readonly model: Uint8Array; readonly description: ModelDescription | string };

interface Contents {
  readonly name: string;
  readonly model: Uint8Array;
  readonly description: string;
}

async function read<O extends EngineOptions>(platform: Platform<O>, source: ModelSource): Promise<Contents> {
  if (typeof source !== 'string') {
    const { model, description } = source;
    return {
      name: 'the model',
      model,
      description: typeof description === 'string' ? description : JSON.stringify(description),
    };
  }
  const beside = descriptionPath(source);
  const [model, text] = await Promise.all([
    platform.readBytes(source, MODEL_LIMIT),
    // As UTF-8 a description has at most four bytes for each character.
    platform.readBytes(beside, 4 * DESCRIPTION_LIMIT),
  ]);
  try {
    return { name: source, model, description: new TextDecoder('utf-8', { fatal: true }).decode(text) };
  } catch (cause) {
    throw new InputError(`${beside} is no text. Export the model again.`, { cause });
  }
}

export async function openModel<O extends EngineOptions & InferenceModelOptions>(
  platform: Platform<O>,
  source: ModelSource,
  options: O,
): Promise<InferenceModel> {
  const contents = await read(platform, source);
  const runtime = await Runtime.start(platform, options);
  return InferenceModel.open(runtime, contents, options);
}
