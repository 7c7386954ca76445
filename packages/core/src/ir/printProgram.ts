import { formatShape } from '../ndarray/index.js';
import type { Aval, Program, ValueId } from './Program.js';

function formatAval({ dtype, shape }: Aval): string {
  return `${dtype}${formatShape(shape)}`;
}

function formatAttrs(attrs: object): string {
  const entries = Object.entries(attrs).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return entries.length === 0 ? '' : ` {${entries.join(' ')}}`;
}

/** A Program as text, one line per value, in execution order; stable, so it can be snapshotted and compared with diff. */
export function printProgram(program: Program): string {
  const aval = (id: ValueId): string => formatAval(program.avals[id]!);
  const lines = [`program ${program.name}`];
  for (const [name, id] of Object.entries(program.feeds)) lines.push(`  %${id}: ${aval(id)} = feed ${name}`);
  for (const [name, id] of Object.entries(program.hyper)) lines.push(`  %${id}: ${aval(id)} = hyper ${name}`);
  for (const [name, { id, distribution, p }] of Object.entries(program.noise)) {
    lines.push(`  %${id}: ${aval(id)} = noise ${name} ${distribution}${p === undefined ? '' : `(${p})`}`);
  }
  for (const [name, id] of Object.entries(program.reads)) lines.push(`  %${id}: ${aval(id)} = read ${name}`);
  for (const [id, { data }] of program.consts) {
    const values = data.length <= 4 ? Array.from(data).join(', ') : `${Array.from(data.subarray(0, 3)).join(', ')}, …`;
    lines.push(`  %${id}: ${aval(id)} = const (${values})`);
  }
  for (const { prim, attrs, inputs, outputs, scope } of program.nodes) {
    const left = outputs.map((id) => `%${id}: ${aval(id)}`).join(', ');
    const right = inputs.map((id) => `%${id}`).join(', ');
    lines.push(`  ${left} = ${prim}(${right})${formatAttrs(attrs)}${scope === '' ? '' : `  # ${scope}`}`);
  }
  for (const [name, id] of Object.entries(program.writes)) lines.push(`  write ${name} = %${id}`);
  for (const [name, id] of Object.entries(program.outputs)) lines.push(`  output ${name} = %${id}`);
  return lines.join('\n');
}
