import { type Program, selectOutputs } from '@delira/core';
import { scalarOutputs } from './ProgramCache.js';

/** The Program without the scalars that are the same value as `loss`: with a single loss, its own name says nothing more. */
export function withoutTwins(program: Program): Program {
  const { outputs } = program;
  const scalars = new Set(scalarOutputs(program));
  const kept = Object.keys(outputs).filter(
    (name) => name === 'loss' || !scalars.has(name) || outputs[name] !== outputs['loss'],
  );
  return selectOutputs(program, kept);
}
