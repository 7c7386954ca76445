import { sameShape, type ValueId } from '@delira/core';
import { GraphBuilder, type OnnxValue } from '../lowering/GraphBuilder.js';
import type { OnnxLowering } from '../lowering/OnnxLowering.js';
import { portableLowerings } from '../portable/portableLowerings.js';
import { tileRows } from './tileRows.js';
import type { Unit } from './tiles.js';
import type { TunedStep } from './TunedStep.js';

/**
 * A chain of elementwise nodes over large variables as a Scan over their rows: the engine hands out rows without copying, and what lies
 * between the first and the last operator of the chain never leaves the cache. An optimizer's update takes three quarters of the time
 * it takes over whole tensors.
 */
export function lowerTile(step: TunedStep, unit: Unit, name: string): void {
  const { graph, values } = step;
  const output = unit[0]!.outputs[0]!;
  const { shape } = step.aval(output);
  const layout = step.layoutOf(output);
  const rows = tileRows(shape)!;
  const body = new GraphBuilder();
  body.scope = name;
  const rowShape = [rows[1]];

  const produced = new Set(unit.flatMap(({ outputs }) => outputs));
  const entering = [...new Set(unit.flatMap(({ inputs }) => inputs))].filter(
    (id) => !produced.has(id) && sameShape(step.aval(id).shape, shape),
  );
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
  const held = entering.map((id) => graph.reshape(values.held(id, layout), rows));
  const results = graph.nodes(
    'Scan',
    held,
    leaving.map(() => ({ shape: rows, dtype: 'float32' as const })),
    {
      attributes: { body: { graph: inner }, num_scan_inputs: entering.length },
    },
  );
  leaving.forEach((id, index) => values.define(id, results[index]!, layout));
}
