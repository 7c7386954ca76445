import type { Optimizer } from '@delira/core';
import type { AnyNetwork } from './TimedModel.js';

/** One optimizer for each group of a network's parameters. */
export const optimizersFor = (network: AnyNetwork, create: () => Optimizer): Readonly<Record<string, Optimizer>> =>
  Object.fromEntries(Object.keys(network.optimizerGroups()).map((group) => [group, create()]));
