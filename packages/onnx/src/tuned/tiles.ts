import { type Node, type PrimitiveName, type Program, sameShape, sizeOf, type ValueId } from '@delira/core';
import { tileRows } from './tileRows.js';

/** A shorter chain gains nothing from keeping its intermediate results close. */
const SHORTEST_CHAIN = 3;

const tileable: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>([
  'abs',
  'add',
  'div',
  'exp',
  'log',
  'maximum',
  'minimum',
  'mul',
  'neg',
  'positive',
  'relu',
  'sigmoid',
  'sqrt',
  'sub',
  'tanh',
]);

/** What is emitted in one piece: a node, or elementwise nodes over a large variable and its slots, run together row by row. */
export type Unit = readonly Node[];

/**
 * Groups the elementwise nodes of each class of large variables. Nodes of a group are of one class and one depth, where depth counts how
 * often the way to a node has left the groups: so no group depends on itself through a node outside of it.
 */
function findGroups(
  { avals, nodes, reads }: Program,
  classOf: (id: ValueId) => number,
  isInPieces: (id: ValueId) => boolean,
): readonly Unit[] {
  const variables = new Set(
    Object.values(reads)
      .filter((id) => !isInPieces(id))
      .map(classOf),
  );
  const inside = new Map<ValueId, number>();
  const depths = new Map<ValueId, number>();
  const groups = new Map<string, Node[]>();
  const depthOf = (id: ValueId): number => (depths.get(id) ?? 0) + (inside.has(id) ? 1 : 0);
  for (const node of nodes) {
    const output = node.outputs[0]!;
    const { shape, dtype } = avals[output]!;
    const own = classOf(output);
    const isInside =
      tileable.has(node.prim) &&
      dtype === 'float32' &&
      variables.has(own) &&
      tileRows(shape) !== null &&
      node.inputs.every(
        (id) =>
          avals[id]!.dtype === 'float32' && (sameShape(avals[id]!.shape, shape) || sizeOf(avals[id]!.shape) === 1),
      );
    if (!isInside) {
      const depth = Math.max(0, ...node.inputs.map(depthOf));
      for (const id of node.outputs) depths.set(id, depth);
      continue;
    }
    const depth = Math.max(
      0,
      ...node.inputs.map((id) => (inside.get(id) === own ? depths.get(id)! : 2 * Math.ceil(depthOf(id) / 2))),
    );
    inside.set(output, own);
    depths.set(output, depth);
    const key = `${own}:${depth}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return [...groups.values()].filter((group) => group.length >= SHORTEST_CHAIN);
}

/**
 * The Program's nodes in an order in which each group stands together, after everything it needs. A convolution's kernel gradient comes before
 * the gradient of its input where the input is the larger: nothing else needs it, so that it is gone before there is another map of its size.
 */
export function arrangeUnits(
  program: Program,
  classOf: (id: ValueId) => number,
  isInPieces: (id: ValueId) => boolean,
): readonly Unit[] {
  const unitOf = new Map<Node, Unit>();
  for (const group of findGroups(program, classOf, isInPieces)) for (const node of group) unitOf.set(node, group);
  const producers = new Map<ValueId, Unit>();
  for (const node of program.nodes) {
    const unit = unitOf.get(node) ?? [node];
    unitOf.set(node, unit);
    for (const id of node.outputs) producers.set(id, unit);
  }
  const arranged: Unit[] = [];
  const visited = new Set<Unit>();
  const visit = (unit: Unit): void => {
    if (visited.has(unit)) return;
    visited.add(unit);
    for (const { inputs } of unit) {
      for (const id of inputs) {
        const producer = producers.get(id);
        if (producer !== undefined) visit(producer);
      }
    }
    arranged.push(unit);
  };
  const kernelGrads = new Map<ValueId, Node[]>();
  for (const node of program.nodes) {
    const [x, grad] = node.inputs as [ValueId, ValueId];
    if (
      node.prim !== 'convKernelGrad' ||
      sizeOf(program.avals[x]!.shape) < sizeOf(program.avals[node.outputs[0]!]!.shape)
    )
      continue;
    kernelGrads.set(grad, [...(kernelGrads.get(grad) ?? []), node]);
  }
  const isReady = ({ inputs }: Node): boolean =>
    inputs.every((id) => {
      const producer = producers.get(id);
      return producer === undefined || visited.has(producer);
    });
  for (const node of program.nodes) {
    if (node.prim === 'convTranspose')
      for (const earlier of kernelGrads.get(node.inputs[0]!) ?? []) if (isReady(earlier)) visit(unitOf.get(earlier)!);
    visit(unitOf.get(node)!);
  }
  return arranged;
}
