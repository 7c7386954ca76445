import { ArgumentError, didYouMean, UnsupportedError } from '@delira/core';
import type { Engine } from './Engine.js';

/** Execution providers ONNX Runtime knows; which of them an installation has differs by platform. */
export const knownProviders = ['cpu', 'wasm', 'cuda', 'tensorrt', 'webgpu', 'webnn', 'dml', 'coreml', 'qnn'] as const;

/**
 * @throws ArgumentError for a name that is no provider, UnsupportedError for one that is not there; both list what there is.
 */
export function checkProviders(
  { name, providers: available, remedy }: Pick<Engine, 'name' | 'providers' | 'remedy'>,
  providers: readonly string[],
): readonly string[] {
  if (providers.length === 0)
    throw new ArgumentError(
      "The list of providers is empty. Use ['cpu'], or put the preferred provider first: ['webgpu', 'cpu'].",
    );
  for (const provider of providers) {
    if (!knownProviders.some((known) => known === provider))
      throw new ArgumentError(
        `"${provider}" is not an execution provider.${didYouMean(provider, knownProviders)} Here there is: ${available.join(', ')}.`,
      );
    if (!available.includes(provider))
      throw new UnsupportedError(
        `The execution provider "${provider}" is not there: ${name} has ${available.join(', ')} here. Remove it from the list, or ${remedy}.`,
      );
  }
  return providers;
}
