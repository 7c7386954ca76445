import { ArgumentError, type Program } from '@delira/core';

/**
 * The same Program reading other variables, such as `renameReads(evalProgram, emaReads(names))`.
 *
 * @throws ArgumentError for a Program that writes state: the result would write under the old names.
 */
export function renameReads(program: Program, reads: ReadonlyMap<string, string>): Program {
  if (Object.keys(program.writes).length > 0)
    throw new ArgumentError(
      `renameReads: the program "${program.name}" writes state. Rename the reads of evaluation and prediction programs only.`,
    );
  return {
    ...program,
    reads: Object.fromEntries(Object.entries(program.reads).map(([name, id]) => [reads.get(name) ?? name, id])),
  };
}
