import { sameShape, type ValueId } from '@delira/core';
import { GraphBuilder, type OnnxValue } from '../lowering/GraphBuilder.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';
import type { OnnxGraph } from '../model/OnnxModel.js';
import { portableLowerings } from '../portable/portableLowerings.js';
import { tileRows } from './tileRows.js';
import type { Unit } from './tiles.js';
import type { TunedStep } from './TunedStep.js';

export interface TileOptions {
  readonly name: string;
  /** Where the Scan goes; what it takes comes from the step's own graph. Default: there, too. */
  readonly graph?: GraphBuilder;
}

export interface Tile {
  /** In rows, by the values that leave the unit. */
  readonly results: ReadonlyMap<ValueId, OnnxValue>;
  /** What happens to a row. */
  readonly body: OnnxGraph;
  /** The rows there. */
  readonly inBody: ReadonlyMap<ValueId, OnnxValue>;
}

/** Values of a unit's shape that it takes from outside of it. */
export function entersUnit(step: TunedStep, unit: Unit): readonly ValueId[] {
  const produced = new Set(unit.flatMap(({ outputs }) => outputs));
  const { shape } = step.aval(unit[0]!.outputs[0]!);
  return [...new Set(unit.flatMap(({ inputs }) => inputs))].filter(
    (id) => !produced.has(id) && sameShape(step.aval(id).shape, shape),
  );
}

/** A value as a unit takes it: in the unit's layout and rows. Emitted once: after a guard, nobody should have to compute it. */
export function heldFor(step: TunedStep, unit: Unit, id: ValueId): OnnxValue {
  const output = unit[0]!.outputs[0]!;
  const layout = step.layoutOf(output);
  const rows = tileRows(step.aval(output).shape)!;
  return step.remember(`rows:${id}:${layout}`, () => step.graph.reshape(step.values.held(id, layout), rows));
}

/**
 * A chain of elementwise nodes over large variables as a Scan over their rows: the engine hands out rows without copying, and what lies
 * between the first and the last operator of the chain never leaves the cache. An optimizer's update takes three quarters of the time
 * it takes over whole tensors.
 */
export function lowerTile(step: TunedStep, unit: Unit, options: TileOptions): Tile {
  const { graph, values } = step;
  const { name } = options;
  const output = unit[0]!.outputs[0]!;
  const { shape } = step.aval(output);
  const rows = tileRows(shape)!;
  const body = new GraphBuilder();
  body.scope = name;
  const rowShape = [rows[1]];

  const produced = new Set(unit.flatMap(({ outputs }) => outputs));
  const entering = entersUnit(step, unit);
  const leaving = [...produced].filter((id) => step.isUsedOutside(id, unit));
  const inBody = new Map<ValueId, OnnxValue>(
    entering.map((id, index) => [id, { name: `${name}/in_${index}`, shape: rowShape, dtype: 'float32' }]),
  );
  const operand = (id: ValueId): OnnxValue => {
    const known = inBody.get(id);
    if (known !== undefined) return known;
    // A single value is seen from outside of the body, as it is.
    const outer = graph.reshape(values.get(id, 'plain'), []);
    inBody.set(id, outer);
    return outer;
  };
  for (const { prim, inputs, outputs, attrs } of unit) {
    const lowering = portableLowerings[prim] as OnnxLowering<object>;
    inBody.set(outputs[0]!, lowering(body, inputs.map(operand), attrs, [{ shape: rowShape, dtype: 'float32' }])[0]!);
  }
  const info = (id: ValueId) => ({ name: inBody.get(id)!.name, type: 'float32' as const, shape: rowShape });
  const inner = body.graph(name, entering.map(info), leaving.map(info));
  const results = (options.graph ?? graph).nodes(
    'Scan',
    entering.map((id) => heldFor(step, unit, id)),
    leaving.map(() => ({ shape: rows, dtype: 'float32' as const })),
    {
      attributes: { body: { graph: inner }, num_scan_inputs: entering.length },
    },
  );
  return { results: new Map(leaving.map((id, index) => [id, results[index]!])), body: inner, inBody };
}
