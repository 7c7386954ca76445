import { ArgumentError } from '@delira/core';

/**
 * Which variables evaluation reads instead of the parameters: parameter name → name of its moving average.
 *
 * @param names all variable names, such as the keys of `system.variables`.
 * @param group the optimizer group that averages. Default `'default'`.
 * @throws ArgumentError when the group keeps no average.
 */
export function emaReads(names: Iterable<string>, group = 'default'): ReadonlyMap<string, string> {
  const prefix = `optimizer.${group}.ema.`;
  const reads = new Map<string, string>();
  for (const name of names) if (name.startsWith(prefix)) reads.set(name.slice(prefix.length), name);
  if (reads.size === 0)
    throw new ArgumentError(
      `emaReads: the optimizer group "${group}" keeps no moving average. Wrap its optimizer: ema(adam(), 0.999).`,
    );
  return reads;
}
