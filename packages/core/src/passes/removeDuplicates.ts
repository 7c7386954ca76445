import type { Node, Program, ValueId } from '../ir/index.js';

/** Merges equal constants and equal nodes (common subexpressions), and drops stopGradient, which only gradients care about. */
export function removeDuplicates(program: Program): Program {
  const alias = new Map<ValueId, ValueId>();
  const resolve = (id: ValueId): ValueId => alias.get(id) ?? id;

  const consts = new Map(program.consts);
  const seenConsts = new Map<string, ValueId>();
  for (const [id, { shape, data }] of program.consts) {
    // Large constants are rarely equal; comparing them would cost more than it saves.
    if (data.length > 64) continue;
    const key = `${program.avals[id]!.dtype}|${shape.join(',')}|${Array.from(data, (value) => (Object.is(value, -0) ? '-0' : String(value))).join(',')}`;
    const first = seenConsts.get(key);
    if (first === undefined) seenConsts.set(key, id);
    else {
      alias.set(id, first);
      consts.delete(id);
    }
  }

  const seenNodes = new Map<string, Node>();
  const nodes: Node[] = [];
  for (const node of program.nodes) {
    const inputs = node.inputs.map(resolve);
    if (node.prim === 'stopGradient') {
      alias.set(node.outputs[0]!, inputs[0]!);
      continue;
    }
    const key = `${node.prim}|${inputs.join(',')}|${JSON.stringify(node.attrs)}`;
    const first = seenNodes.get(key);
    if (first === undefined) {
      const merged = { ...node, inputs };
      seenNodes.set(key, merged);
      nodes.push(merged);
    } else node.outputs.forEach((id, index) => alias.set(id, first.outputs[index]!));
  }

  const renamed = (entries: Readonly<Record<string, ValueId>>): Record<string, ValueId> =>
    Object.fromEntries(Object.entries(entries).map(([name, id]) => [name, resolve(id)]));
  return { ...program, consts, nodes, writes: renamed(program.writes), outputs: renamed(program.outputs) };
}
