import type { Node, Program, ValueId } from '../ir/index.js';
import { type Primitive, primitives } from '../primitives/index.js';
import { Trace, withTrace } from '../tensor/index.js';
import type { Aval } from '../ir/index.js';
import type { NDArray } from '../ndarray/index.js';

/** Replaces each node the test picks by its primitive's decomposition, repeatedly. Nodes without decomposition stay. */
export function decompose(program: Program, test: (node: Node) => boolean): Program {
  const avals: Aval[] = [...program.avals];
  const consts = new Map<ValueId, NDArray>(program.consts);
  const alias = new Map<ValueId, ValueId>();
  const resolve = (id: ValueId): ValueId => {
    const target = alias.get(id);
    return target === undefined ? id : resolve(target);
  };

  const expand = (node: Node): readonly Node[] => {
    const primitive = primitives[node.prim] as Primitive<object>;
    if (primitive.decompose === undefined || !test(node)) return [node];
    const recording = new Trace(primitives, { name: node.prim, training: true });
    const part = withTrace(recording, () => {
      const inputs = node.inputs.map((id, index) => recording.feed(String(index), avals[id]!));
      const outputs = primitive.decompose!(inputs, node.attrs);
      return recording.finish(Object.fromEntries(outputs.map((tensor, index) => [String(index), tensor])));
    });
    const renamed = new Map<ValueId, ValueId>(node.inputs.map((id, index) => [part.feeds[String(index)]!, id]));
    part.avals.forEach((aval, id) => {
      if (!renamed.has(id)) renamed.set(id, avals.push(aval) - 1);
    });
    for (const [id, array] of part.consts) consts.set(renamed.get(id)!, array);
    node.outputs.forEach((id, index) => alias.set(id, renamed.get(part.outputs[String(index)]!)!));
    return part.nodes.flatMap((inner) =>
      expand({
        ...inner,
        inputs: inner.inputs.map((id) => renamed.get(id)!),
        outputs: inner.outputs.map((id) => renamed.get(id)!),
        scope: node.scope,
      }),
    );
  };

  const expanded = program.nodes.flatMap(expand);
  const renamedEntries = (entries: Readonly<Record<string, ValueId>>): Record<string, ValueId> =>
    Object.fromEntries(Object.entries(entries).map(([name, id]) => [name, resolve(id)]));
  return {
    ...program,
    avals,
    consts,
    nodes: expanded.map((node) => ({ ...node, inputs: node.inputs.map(resolve) })),
    writes: renamedEntries(program.writes),
    outputs: renamedEntries(program.outputs),
  };
}
