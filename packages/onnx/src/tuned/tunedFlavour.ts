import {
  type Aval,
  castArray,
  decompose,
  type Node,
  type Program,
  sizeOf,
  UnsupportedError,
  type ValueId,
} from '@delira/core';
import type { Flavour } from '../lowering/Flavour.js';
import { GraphBuilder, type OnnxValue } from '../lowering/GraphBuilder.js';
import { inputName } from '../lowering/lowerWithTable.js';
import {
  type LoweredProgram,
  type LoweredState,
  plainLayout,
  type StateLayout,
  type WriteGuard,
} from '../lowering/LoweredProgram.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';
import { portableLowerings } from '../portable/portableLowerings.js';
import { assignLayouts, isElementwise } from './assignLayouts.js';
import { lowerElementwise } from './elementwise.js';
import { type BlockSize, fitsLayout, type Layout, packArray, unpackArray } from './Layout.js';
import { inOrder } from './inOrder.js';
import { entersUnit, heldFor, lowerTile } from './lowerTile.js';
import { tileRows } from './tileRows.js';
import { arrangeUnits, type Unit } from './tiles.js';
import { tunedLowerings } from './tunedLowerings.js';
import { type TunedLowering, TunedStep } from './TunedStep.js';
import { asUpdate, furtherReaders, lowerUpdate, memoryOf, type Update } from './updates.js';
import { writeGuard } from './writeGuard.js';

function mapEntries<T, R>(entries: Readonly<Record<string, T>>, map: (entry: T, name: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, map(entry, name)]));
}

/** How a variable is held: in the layout of its class. */
function stateLayout({ shape }: Aval, layout: Layout, block: BlockSize): StateLayout {
  if (layout === 'plain') return plainLayout;
  return {
    key: layout === 'taps' ? layout : `${layout}${block}`,
    pack: (array) => packArray(array, layout, block),
    unpack: (array) => unpackArray({ ...array, shape }, layout, block),
  };
}

/** What the engine sees of a variable: a matrix for each tap, rows of a large one, or the variable as it is. */
function statePieces({ shape, dtype }: Aval, layout: Layout, name: string): readonly OnnxValue[] {
  if (layout === 'taps') {
    const [outputs, channels, ...window] = shape as [number, number, ...number[]];
    return Array.from({ length: sizeOf(window) }, (_, tap) => ({
      name: `${name}#${tap}`,
      dtype,
      shape: [outputs, channels],
    }));
  }
  return [{ name, dtype, shape: (dtype === 'float32' ? tileRows(shape) : null) ?? shape }];
}

function lowerNode(step: TunedStep, node: Node): void {
  const { graph, values } = step;
  if (isElementwise(node.prim)) {
    lowerElementwise(step, node);
    return;
  }
  const tuned = tunedLowerings[node.prim] as TunedLowering<object> | undefined;
  if (tuned !== undefined && tuned(step, node)) return;
  const portable = portableLowerings[node.prim];
  if (typeof portable !== 'function') {
    const reason = typeof portable === 'string' ? 'it has no decomposition' : portable.unsupported;
    throw new UnsupportedError(
      `${node.scope === '' ? '' : `In ${node.scope}: `}ONNX has no lowering of ${node.prim} ${JSON.stringify(node.attrs)}: ${reason}.`,
    );
  }
  const operands = node.inputs.map((id) => values.get(id, 'plain'));
  const results = (portable as OnnxLowering<object>)(
    graph,
    operands,
    node.attrs,
    node.outputs.map((id) => step.aval(id)),
  );
  node.outputs.forEach((id, index) => values.define(id, results[index]!, 'plain'));
}

function lowerRows(step: TunedStep, unit: Unit, name: string): void {
  for (const [id, value] of lowerTile(step, unit, { name }).results) step.values.define(id, value, step.layoutOf(id));
}

/** Updates of large variables, behind a guard that waits for everything else that reads them and for all that they need. */
function lowerUpdates(
  step: TunedStep,
  updates: readonly Update[],
  outputs: Readonly<Record<string, OnnxValue>>,
): { readonly guard: WriteGuard | null; readonly inPlace: ReadonlySet<string>; readonly isOrdered: boolean } {
  if (updates.length === 0) return { guard: null, inPlace: new Set(), isOrdered: false };
  const { graph, program, values } = step;
  const { reads, writes } = program;
  const updated = new Map(updates.flatMap(({ variables }) => [...variables].map(([id, name]) => [name, id])));
  const entering = updates.map(({ unit }) => entersUnit(step, unit));
  const needed = updates.flatMap(({ unit }, index) => entering[index]!.map((id) => heldFor(step, unit, id)));
  const others = Object.entries(writes)
    .filter(([name]) => !updated.has(name))
    .map(([, id]) => values.held(id, step.layoutOf(id)));

  const { nodes } = graph.graph('step', [], []);
  const inputs = new Map([...updated.keys()].map((name) => [inputName.state(name), name]));
  const given = [...Object.values(outputs), ...others];
  const further = new Set(
    furtherReaders(
      nodes,
      new Set(inputs.keys()),
      needed.map(({ name }) => name),
      given.map(({ name }) => name),
    ),
  );
  const awaited = [...needed.filter(({ name }) => !inputs.has(name)), ...given.filter(({ name }) => further.has(name))];
  const ordered = inOrder(graph, awaited, given);
  const guard = writeGuard(graph, outputs, ordered ?? awaited);
  const inPlace = new Set(updates.flatMap((update) => lowerUpdate(step, update, guard.passed)));
  // A variable that is given out or kept elsewhere as it is, or that a second update reads, is read after the guard.
  const memory = memoryOf(nodes);
  for (const { name } of given) inPlace.delete(inputs.get(memory(name)) ?? '');
  for (const name of updated.keys())
    if (entering.filter((ids) => ids.includes(reads[name]!)).length > 1) inPlace.delete(name);
  return { guard, inPlace, isOrdered: ordered !== null };
}

function lowerTuned(original: Program, block: BlockSize): LoweredProgram {
  // Composites stay whole where they have a blocked form.
  const program = decompose(
    original,
    ({ prim, inputs }) =>
      portableLowerings[prim] === 'decompose' &&
      !fitsLayout(original.avals[inputs[0]!] ?? { shape: [], dtype: 'float32' }, 'blocked', block),
  );
  const { layouts, classOf } = assignLayouts(program, block);
  const builder = new GraphBuilder();
  const step = new TunedStep(program, builder, block, layouts);
  const { values } = step;

  const input = (id: ValueId, name: string): OnnxValue => {
    const value = { ...step.aval(id), name };
    values.define(id, value, 'plain');
    return value;
  };
  const feeds = mapEntries(program.feeds, (id, name) => input(id, inputName.feed(name)));
  const hyper = mapEntries(program.hyper, (id, name) => input(id, inputName.hyper(name)));
  const noise = mapEntries(program.noise, ({ id }, name) => input(id, inputName.noise(name)));
  const held = mapEntries(program.reads, (id, name) => {
    const pieces = statePieces(step.aval(id), step.layoutOf(id), inputName.state(name));
    values.define(id, pieces, step.layoutOf(id));
    return { id, pieces };
  });
  for (const [id, array] of program.consts)
    values.define(id, builder.constant(castArray(array, step.aval(id).dtype)), 'plain');

  const updates: Update[] = [];
  for (const [index, unit] of arrangeUnits(program, classOf, (id) => step.layoutOf(id) === 'taps').entries()) {
    builder.scope = unit[0]!.scope;
    const update = unit.length > 1 ? asUpdate(program, unit, `rows_${index}`) : null;
    if (update !== null) updates.push(update);
    else if (unit.length > 1) lowerRows(step, unit, `rows_${index}`);
    else lowerNode(step, unit[0]!);
  }

  builder.scope = '';
  const outputs = mapEntries(program.outputs, (id) => values.get(id, 'plain'));
  const late = lowerUpdates(step, updates, outputs);
  const state = mapEntries(held, ({ id, pieces }, name): LoweredState => {
    const layout = step.layoutOf(id);
    const written = program.writes[name];
    const next = written === undefined ? [] : layout === 'taps' ? values.taps(written) : [values.held(written, layout)];
    const parts = pieces.map((input, index) => {
      const output = next[index];
      return output === undefined ? { input } : { input, output: builder.reshape(output, input.shape) };
    });
    const packed = stateLayout(step.aval(id), layout, block);
    return late.inPlace.has(name) ? { layout: packed, parts, inPlace: true } : { layout: packed, parts };
  });
  const next = Object.values(state).flatMap(({ parts }) => parts.flatMap(({ output }) => output ?? []));
  builder.keep([...Object.values(outputs), ...next, ...(late.guard === null ? [] : [late.guard.passed])]);
  return {
    name: program.name,
    builder,
    feeds,
    hyper,
    noise,
    state,
    outputs,
    ownBuffers: true,
    ...(late.guard === null ? {} : { guard: late.guard }),
    ...(late.isOrdered ? { isOrdered: true } : {}),
  };
}

/**
 * The engine's own blocked layout wherever it has kernels for it, the portable form elsewhere. For the CPU provider only, and only with
 * the block size that CPU uses: with another one the numbers are wrong without an error, so probe first. The model is never to be kept.
 */
export function tunedFlavour(block: BlockSize): Flavour {
  return { name: `tuned${block}`, lower: (program) => lowerTuned(program, block) };
}
