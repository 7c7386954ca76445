import {
  type Aval,
  castArray,
  isFloating,
  type NDArray,
  type Node,
  NotFoundError,
  type Program,
  removeDeadCode,
  sameShape,
  type ValueId,
  zeros,
} from '@delira/core';
import { absorbScales } from './absorbScales.js';
import { evaluate } from './evaluate.js';
import { type HostValue, ofArray } from './HostValue.js';
import { pairSlices } from './pairSlices.js';

export interface FoldOptions {
  /** Extent of the batch: what has an axis of a multiple of it is no constant. Default: none. */
  readonly batch?: number;
  /** Whether convolutions of volumes become ones of maps, with kernels of their own. Default false. */
  readonly pairSlices?: boolean;
}

export interface FoldedProgram {
  /** Reads only what is left of the variables. */
  readonly program: Program;
  /** Values of what it reads, computed when asked for; a variable that nothing was folded into keeps its name and its array. */
  readonly variables: ReadonlyMap<string, () => NDArray>;
}

function variableOf(variables: ReadonlyMap<string, NDArray>, name: string, { shape, dtype }: Aval): NDArray {
  const value = variables.get(name);
  if (value === undefined)
    throw new NotFoundError(
      `The exported network reads the variable "${name}", but there is no value for it. Read all variables from the state store.`,
    );
  if (!sameShape(value.shape, shape))
    throw new NotFoundError(
      `The variable "${name}" of the exported network has the shape [${shape.join(', ')}], but its value has [${value.shape.join(', ')}]. Give the variables of this network.`,
    );
  return castArray(value, dtype);
}

/**
 * Computes what depends on variables alone, once, and lets each convolution absorb the scales and shifts per channel that follow it: of a
 * batch norm with running statistics nothing is left but a bias.
 *
 * @throws NotFoundError for a variable without a value, or with one of another shape.
 */
export function foldVariables(
  program: Program,
  variables: ReadonlyMap<string, NDArray>,
  { batch = Infinity, pairSlices: inPairs = false }: FoldOptions = {},
): FoldedProgram {
  const known = new Map<ValueId, HostValue>();
  const originals = new Map<ValueId, readonly [name: string, array: NDArray]>();
  for (const [name, id] of Object.entries(program.reads)) {
    const array = variableOf(variables, name, program.avals[id]!);
    originals.set(id, [name, array]);
    if (isFloating(array.dtype)) known.set(id, ofArray(array, [name]));
  }
  for (const [id, array] of program.consts) if (isFloating(program.avals[id]!.dtype)) known.set(id, ofArray(array, []));

  const nodes: Node[] = [];
  for (const node of program.nodes) {
    const operands = node.inputs.map((id) => known.get(id));
    const [output] = node.outputs as readonly [ValueId];
    const { shape } = program.avals[output]!;
    const isConstant = operands.every((operand) => operand !== undefined);
    const isPerBatch = shape.some((extent) => extent > 0 && extent % batch === 0);
    const value = isConstant && !isPerBatch ? evaluate(node, operands, shape) : null;
    if (value === null) nodes.push(node);
    else known.set(output, value);
  }
  const absorbed = absorbScales({ ...program, nodes }, known);
  return materialize(inPairs ? pairSlices(absorbed, known) : absorbed, known, originals);
}

/** Gives each known value that is left in use a variable of its own, named by where it is used and by what it was: `conv1.weight`. */
function materialize(
  program: Program,
  known: ReadonlyMap<ValueId, HostValue>,
  originals: ReadonlyMap<ValueId, readonly [name: string, array: NDArray]>,
): FoldedProgram {
  const used = new Set([...program.nodes.flatMap(({ inputs }) => inputs), ...Object.values(program.outputs)]);
  const scopes = new Map(program.nodes.flatMap(({ inputs, scope }) => inputs.map((id) => [id, scope] as const)));
  const reads: Record<string, ValueId> = {};
  const values = new Map<string, () => NDArray>();
  for (const [id, [name, array]] of originals) {
    if (!used.has(id)) continue;
    reads[name] = id;
    values.set(name, () => array);
  }
  const made = [...known].filter(([id]) => used.has(id) && !originals.has(id) && !program.consts.has(id));
  for (const [id, { sources, data }] of made) {
    const scope = scopes.get(id) ?? '';
    const [first = 'constant'] = sources;
    const own = first.slice(first.lastIndexOf('.') + 1);
    const wanted = sources.length === 1 ? first : `${scope === '' ? '' : `${scope}.`}${own}`;
    let name = wanted;
    for (let count = 2; values.has(name); count++) name = `${wanted}.${count}`;
    const { shape, dtype } = program.avals[id]!;
    reads[name] = id;
    values.set(name, () => {
      const array = zeros(shape, dtype);
      array.data.set(data());
      return array;
    });
  }
  // Reads of variables that nothing uses any more go as well.
  return { program: removeDeadCode({ ...program, reads }), variables: values };
}
