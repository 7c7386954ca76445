import { sameShape, type Shape } from '../ndarray/index.js';
import type { Node, Program, ValueId } from '../ir/index.js';

/**
 * Makes one of two reshapes or two transposes in a row, and none of those that undo each other: gradients leave many such pairs. What
 * nobody reads any more is left to removeDeadCode.
 */
export function mergeMovement(program: Program): Program {
  const alias = new Map<ValueId, ValueId>();
  const producers = new Map<ValueId, Node>();
  const resolve = (id: ValueId): ValueId => alias.get(id) ?? id;

  const merged = (node: Node): Node => {
    const inner = producers.get(node.inputs[0]!);
    if (inner === undefined || inner.prim !== node.prim) return node;
    if (node.prim === 'reshape') return { ...node, inputs: inner.inputs };
    if (node.prim !== 'transpose') return node;
    const [outer, before] = [node.attrs, inner.attrs] as readonly { readonly perm: Shape }[];
    return { ...node, inputs: inner.inputs, attrs: { perm: outer!.perm.map((axis) => before!.perm[axis]!) } };
  };
  const changesNothing = ({ prim, attrs, inputs }: Node): boolean => {
    if (prim === 'reshape')
      return sameShape((attrs as { readonly shape: Shape }).shape, program.avals[inputs[0]!]!.shape);
    return prim === 'transpose' && (attrs as { readonly perm: Shape }).perm.every((axis, index) => axis === index);
  };

  const nodes: Node[] = [];
  for (const original of program.nodes) {
    const node = merged({ ...original, inputs: original.inputs.map(resolve) });
    if (changesNothing(node)) {
      alias.set(node.outputs[0]!, node.inputs[0]!);
      continue;
    }
    for (const id of node.outputs) producers.set(id, node);
    nodes.push(node);
  }
  const renamed = (entries: Readonly<Record<string, ValueId>>): Record<string, ValueId> =>
    Object.fromEntries(Object.entries(entries).map(([name, id]) => [name, resolve(id)]));
  return { ...program, nodes, writes: renamed(program.writes), outputs: renamed(program.outputs) };
}
