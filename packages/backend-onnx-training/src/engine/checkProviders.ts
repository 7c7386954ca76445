import { ArgumentError, didYouMean, UnsupportedError } from '@delira/core';
import type { Engine } from './loadEngine.js';

/** Execution providers ONNX Runtime knows; which of them an installation has differs by platform. */
export const knownProviders = ['cpu', 'cuda', 'tensorrt', 'webgpu', 'dml', 'coreml', 'qnn'] as const;

export type Provider = (typeof knownProviders)[number];

/**
 * @throws ArgumentError for a name that is no provider, UnsupportedError for one this installation lacks; both list what there is.
 */
export function checkProviders(
  engine: Pick<Engine, 'listSupportedBackends'>,
  providers: readonly string[],
): readonly Provider[] {
  if (providers.length === 0)
    throw new ArgumentError(
      "The list of providers is empty. Use ['cpu'], or put the preferred provider first: ['cuda', 'cpu'].",
    );
  const available = engine.listSupportedBackends().map(({ name }) => name);
  for (const provider of providers) {
    if (!knownProviders.some((known) => known === provider)) {
      throw new ArgumentError(
        `"${provider}" is not an execution provider.${didYouMean(provider, knownProviders)} This installation has: ${available.join(', ')}.`,
      );
    }
    if (!available.includes(provider)) {
      throw new UnsupportedError(
        `The execution provider "${provider}" is not part of this installation of onnxruntime-node, which has: ${available.join(', ')}. Remove it from the list, or install a build that has it.`,
      );
    }
  }
  return providers as readonly Provider[];
}
