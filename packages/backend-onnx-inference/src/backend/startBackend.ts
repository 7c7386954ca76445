import type { CompileOptions, Platform } from '../engine/Engine.js';
import { Runtime } from '../engine/Runtime.js';
import { chooseFlavour } from './chooseFlavour.js';
import { OnnxInferenceBackend } from './OnnxInferenceBackend.js';

export async function startBackend<O extends CompileOptions>(
  platform: Platform<O>,
  options: O,
): Promise<OnnxInferenceBackend> {
  const runtime = await Runtime.start(platform, options);
  return new OnnxInferenceBackend(runtime, await chooseFlavour(runtime, options.flavour));
}
