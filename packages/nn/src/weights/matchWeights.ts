import { castArray, formatShape, type Module, namedVariables, type NDArray, sameShape } from '@delira/core';
import { type WeightMismatch, WeightsError } from './WeightsError.js';

export interface MatchWeightsOptions {
  /** Use what fits and report the rest, instead of throwing. Default false. */
  readonly partial?: boolean;
  /** Turns a weight's name into a variable's; null leaves it out. Default: the name itself. */
  readonly rename?: (name: string) => string | null;
}

export interface MatchedWeights {
  /** What to write into a StateStore: by variable name, in the variables' dtypes. */
  readonly entries: ReadonlyMap<string, NDArray>;
  /** Variables without a weight; counters of batch norm are not listed, since old files lack them. */
  readonly missing: readonly string[];
  /** Weights without a variable, by the names they came with. */
  readonly unexpected: readonly string[];
  /** Weights of another shape, such as the classifier of a network with another number of classes. */
  readonly mismatched: readonly WeightMismatch[];
}

const COUNTER = 'num_batches_tracked';
const SHOWN = 5;

/**
 * Matches weights, such as those of a file made by PyTorch, with a module's variables by name and shape. Pure: nothing is written.
 *
 * @throws WeightsError unless `partial`, when anything is missing, unexpected or of another shape; with `partial`, when nothing fits.
 */
export function matchWeights(
  module: Module,
  weights: ReadonlyMap<string, NDArray>,
  { partial = false, rename = (name) => name }: MatchWeightsOptions = {},
): MatchedWeights {
  const variables = namedVariables(module);
  const entries = new Map<string, NDArray>();
  const unexpected: string[] = [];
  const mismatched: WeightMismatch[] = [];
  for (const [given, array] of weights) {
    const name = rename(given);
    if (name === null) continue;
    const variable = variables.get(name);
    if (variable === undefined) unexpected.push(given);
    else if (!sameShape(variable.aval.shape, array.shape))
      mismatched.push({ name, expected: variable.aval.shape, actual: array.shape });
    else entries.set(name, castArray(array, variable.aval.dtype));
  }
  const bad = new Set(mismatched.map(({ name }) => name));
  const missing = [...variables.keys()].filter(
    (name) => !entries.has(name) && !bad.has(name) && name.split('.').at(-1) !== COUNTER,
  );
  const fits = missing.length + unexpected.length + mismatched.length === 0;
  if (!fits && (!partial || entries.size === 0)) {
    throw new WeightsError(
      `The weights do not fit ${module.constructor.name}: ${describe(missing, unexpected, mismatched)}. ${
        partial
          ? 'No weight fits at all: check the names, or pass a rename function.'
          : 'Build the network the weights were trained in, or pass { partial: true } to use those that fit.'
      }`,
      missing,
      unexpected,
      mismatched,
    );
  }
  return { entries, missing, unexpected, mismatched };
}

function describe(
  missing: readonly string[],
  unexpected: readonly string[],
  mismatched: readonly WeightMismatch[],
): string {
  const shapes = mismatched.map(
    ({ name, expected, actual }) => `${name} is ${formatShape(actual)} instead of ${formatShape(expected)}`,
  );
  const list = (what: string, names: readonly string[]): string[] =>
    names.length === 0
      ? []
      : [`${names.length} ${what} (${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ', …' : ''})`];
  return [...list('missing', missing), ...list('unexpected', unexpected), ...list('of another shape', shapes)].join(
    ', ',
  );
}
