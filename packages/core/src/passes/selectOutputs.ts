import { NotFoundError } from '../errors/index.js';
import type { Program } from '../ir/index.js';
import { removeDeadCode } from './removeDeadCode.js';

/** The Program for these outputs only. @throws NotFoundError listing the outputs there are. */
export function selectOutputs(program: Program, names: readonly string[]): Program {
  const outputs = names.map((name) => {
    const id = program.outputs[name];
    if (id === undefined)
      throw new NotFoundError(
        `Program "${program.name}" has no output "${name}". It has: ${Object.keys(program.outputs).join(', ') || 'none'}.`,
      );
    return [name, id] as const;
  });
  return removeDeadCode({ ...program, outputs: Object.fromEntries(outputs) });
}
