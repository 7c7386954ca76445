import { type Program, sameShape, type ValueId } from '@delira/core';
import { GraphBuilder, namesRead, type OnnxValue } from '../lowering/GraphBuilder.js';
import type { OnnxGraph, OnnxNode } from '../model/OnnxModel.js';
import { lowerTile } from './lowerTile.js';
import type { Unit } from './tiles.js';
import type { TunedStep } from './TunedStep.js';

/** The last thing that happens to some large variables in a step: nothing else waits for what it computes. */
export interface Update {
  readonly unit: Unit;
  readonly name: string;
  /** The variables it gives their next values, by those values. */
  readonly variables: ReadonlyMap<ValueId, string>;
}

/** The unit as an update; null where something else needs its results. */
export function asUpdate({ avals, nodes, outputs, reads, writes }: Program, unit: Unit, name: string): Update | null {
  const inside = new Set(unit);
  const needed = new Set([
    ...nodes.flatMap((node) => (inside.has(node) ? [] : node.inputs)),
    ...Object.values(outputs),
  ]);
  const made = new Set(unit.flatMap((node) => node.outputs));
  if ([...made].some((id) => needed.has(id))) return null;
  const written = Object.entries(writes).filter(([, id]) => made.has(id));
  const variables = new Map(written.map(([variable, id]) => [id, variable]));
  const isOwn = written.every(([variable, id]) => sameShape(avals[reads[variable]!]!.shape, avals[id]!.shape));
  return isOwn && variables.size === written.length ? { unit, name, variables } : null;
}

/** Operators whose result may be the memory of their first input. */
const views: ReadonlySet<string> = new Set(['Identity', 'Reshape']);

/** Where each value's memory comes from. */
export function memoryOf(nodes: readonly OnnxNode[]): (name: string) => string {
  const source = new Map(
    nodes.flatMap(({ type, domain, inputs, outputs }) =>
      domain === '' && views.has(type) ? [[outputs[0]!, inputs[0]!] as const] : [],
    ),
  );
  const trace = (name: string): string => {
    const from = source.get(name);
    return from === undefined ? name : trace(from);
  };
  return trace;
}

/** Of `candidates`, those that must be waited for, too, until nobody reads the memory of `variables` any more. */
export function furtherReaders(
  nodes: readonly OnnxNode[],
  variables: ReadonlySet<string>,
  awaited: readonly string[],
  candidates: readonly string[],
): readonly string[] {
  const memory = memoryOf(nodes);
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const done = new Set<OnnxNode>();
  /** Whether the way to a value leads over nodes not yet waited for that read a variable. */
  const visit = (name: string): boolean => {
    const maker = makers.get(name);
    if (maker === undefined || done.has(maker)) return false;
    done.add(maker);
    const read = namesRead(maker);
    const reads = read.some((input) => variables.has(memory(input)));
    return read.map(visit).some(Boolean) || reads;
  };
  for (const name of awaited) visit(name);
  return candidates.filter(visit);
}

/** Whether all nodes that read `input` come before `output`, or make it, in whatever order the engine runs them. */
export function isReadBefore({ nodes }: OnnxGraph, input: string, output: string): boolean {
  const needed = new Set([output]);
  return [...nodes].reverse().every((node) => {
    const leads = node.outputs.some((name) => needed.has(name));
    const read = namesRead(node);
    if (leads) for (const name of read) needed.add(name);
    return leads || !read.includes(input);
  });
}

/** An update that happens if the guard has passed; else the variables stay. Gives the variables that it may write over. */
export function lowerUpdate(step: TunedStep, { unit, name, variables }: Update, passed: OnnxValue): readonly string[] {
  const { graph, values, program } = step;
  const [written, kept] = [new GraphBuilder(), new GraphBuilder()];
  written.scope = `${name}/written`;
  kept.scope = `${name}/kept`;
  const { body, results, inBody } = lowerTile(step, unit, { name, graph: written });
  const next = [...variables].map(([id, variable]) => {
    const layout = step.layoutOf(id);
    const value = results.get(id)!;
    const old = program.reads[variable]!;
    const same = kept.node('Identity', [values.held(old, layout)], value.shape);
    return { id, variable, layout, old, value, same };
  });
  const branch = (builder: GraphBuilder, list: readonly OnnxValue[]) => {
    const outputs = list.map((value) => ({ name: value.name, type: value.dtype, shape: value.shape }));
    return { graph: builder.graph(builder.scope, [], outputs) };
  };
  const outputs = graph.nodes(
    'If',
    [passed],
    next.map(({ value: { shape, dtype } }) => ({ shape, dtype })),
    {
      attributes: {
        then_branch: branch(
          written,
          next.map(({ value }) => value),
        ),
        else_branch: branch(
          kept,
          next.map(({ same }) => same),
        ),
      },
    },
  );
  next.forEach(({ id, layout }, index) => values.define(id, outputs[index]!, layout));
  return next.flatMap(({ id, old, variable }) => {
    const entering = inBody.get(old);
    return entering === undefined || isReadBefore(body, entering.name, inBody.get(id)!.name) ? [variable] : [];
  });
}
