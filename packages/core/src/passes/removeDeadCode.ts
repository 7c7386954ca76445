import type { Node, Program, ValueId } from '../ir/index.js';

/** Keeps only what writes and outputs depend on. Every written state stays read; feeds stay, since they are the program's signature. */
export function removeDeadCode(program: Program): Program {
  const live = new Set<ValueId>([...Object.values(program.writes), ...Object.values(program.outputs)]);
  const nodes: Node[] = [];
  for (let index = program.nodes.length - 1; index >= 0; index--) {
    const node = program.nodes[index]!;
    if (!node.outputs.some((id) => live.has(id))) continue;
    for (const id of node.inputs) live.add(id);
    nodes.push(node);
  }
  nodes.reverse();
  const used = <T>(entries: Readonly<Record<string, T>>, idOf: (entry: T) => ValueId): Record<string, T> =>
    Object.fromEntries(Object.entries(entries).filter(([, entry]) => live.has(idOf(entry))));
  return {
    ...program,
    nodes,
    consts: new Map([...program.consts].filter(([id]) => live.has(id))),
    hyper: used(program.hyper, (id) => id),
    noise: used(program.noise, ({ id }) => id),
    reads: Object.fromEntries(
      Object.entries(program.reads).filter(([name, id]) => live.has(id) || Object.hasOwn(program.writes, name)),
    ),
  };
}
