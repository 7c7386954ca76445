import { UnsupportedError } from '../errors/index.js';
import { type DType, formatShape } from '../ndarray/index.js';
import type { Aval, Node, PrimitiveName, Program } from '../ir/index.js';
import { primitives } from '../primitives/index.js';

/** What a backend says about each primitive; the functions' own types do not matter here. */
export type SupportTable = Readonly<
  Record<PrimitiveName, ((...args: never[]) => unknown) | 'decompose' | { readonly unsupported: string }>
>;

/**
 * Refuses, at compile time, a Program that a backend cannot run: a primitive it has no lowering for (also one that only a newer core
 * knows), or a dtype it does not hold.
 *
 * @throws UnsupportedError naming the primitive, its attributes, operands and scope.
 */
export function checkSupported(
  program: Program,
  backend: { readonly name: string; readonly dtypes: ReadonlySet<DType>; readonly lowerings: SupportTable },
): void {
  const format = (id: number): string => {
    const aval: Aval | undefined = program.avals[id];
    return aval === undefined ? `%${id}` : `${aval.dtype}${formatShape(aval.shape)}`;
  };
  const refuse = ({ prim, attrs, inputs, scope }: Node, reason: string): never => {
    throw new UnsupportedError(
      `${scope === '' ? '' : `In ${scope}: `}the backend "${backend.name}" cannot run ${prim}(${inputs.map(format).join(', ')}) with attributes ${JSON.stringify(attrs)}: ${reason}`,
    );
  };
  const table: Readonly<Record<string, SupportTable[PrimitiveName] | undefined>> = backend.lowerings;
  for (const node of program.nodes) {
    const lowering = Object.hasOwn(table, node.prim) ? table[node.prim] : undefined;
    if (lowering === undefined)
      refuse(node, 'it does not know this primitive. Install versions of the backend and of @delira/core that fit.');
    if (typeof lowering === 'object') refuse(node, lowering.unsupported);
    if (lowering === 'decompose' && primitives[node.prim].decompose === undefined)
      refuse(node, 'it has no lowering for it, and the primitive has no decomposition.');
    for (const id of node.outputs) {
      const dtype = program.avals[id]?.dtype;
      if (dtype !== undefined && !backend.dtypes.has(dtype))
        refuse(node, `it does not compute ${dtype}. It holds: ${[...backend.dtypes].join(', ')}.`);
    }
  }
}
