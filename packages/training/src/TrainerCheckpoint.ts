import { formatShape, isFloating, type Json, type NDArray, sameShape } from '@delira/core';
import { type FileSystem, loadCheckpoint, saveCheckpoint } from '@delira/io';
import { decodeNumbers, encodeNumbers } from './encodeNumbers.js';
import { CheckpointMismatchError } from './errors.js';
import type { SavedPosition } from './RunPosition.js';

export interface TrainerCheckpoint {
  readonly position: SavedPosition;
  /** The network's variables and the optimizers' as `optimizer.<group>.<slot>`. */
  readonly variables: ReadonlyMap<string, NDArray>;
  readonly network: { readonly type: string; readonly config: Json };
}

/** What a checkpoint must fit to be restored. */
export interface ExpectedRun {
  /** The network's type. */
  readonly type: string;
  readonly seed: number;
  readonly variables: ReadonlyMap<string, Pick<NDArray, 'shape' | 'dtype'>>;
}

export interface CheckpointOptions {
  /** Default: the disk. */
  readonly fileSystem?: FileSystem;
}

const KIND = 'delira-training';
const VERSION = 1;
/** Problems shown in one message. */
const SHOWN = 5;

/** @throws WriteError; the previous file at `path` is kept then. */
export async function saveTrainerCheckpoint(
  path: string,
  { position, variables, network }: TrainerCheckpoint,
  options: CheckpointOptions = {},
): Promise<void> {
  const meta: Json = {
    kind: KIND,
    version: VERSION,
    network,
    position: encodeNumbers(position as unknown as Json),
  };
  await saveCheckpoint(path, { tensors: variables, meta }, options);
}

/**
 * Loads a checkpoint and checks it against what the trainer has; changes nothing.
 *
 * @throws CheckpointError for a file that is missing, damaged or foreign.
 * @throws CheckpointMismatchError for one of another network, other optimizers or another seed.
 */
export async function loadTrainerCheckpoint(
  path: string,
  expected: ExpectedRun,
  options: CheckpointOptions = {},
): Promise<TrainerCheckpoint> {
  const { tensors, meta } = await loadCheckpoint(path, options);
  const { kind, version, network, position } = meta as unknown as {
    readonly kind?: unknown;
    readonly version?: unknown;
    readonly network: TrainerCheckpoint['network'];
    readonly position: Json;
  };
  if (kind !== KIND)
    throw new CheckpointMismatchError(
      `${path} was not saved by a trainer. Load its weights with loadWeights, or give a trainer's checkpoint.`,
    );
  if (version !== VERSION)
    throw new CheckpointMismatchError(
      `${path} has version ${String(version)} of the training checkpoint; this program reads version ${VERSION}. Resume it with the version of @delira/training that saved it.`,
    );

  const problems = [
    ...(network.type === expected.type ? [] : [`it is a ${network.type}, not a ${expected.type}`]),
    ...variableProblems(tensors, expected.variables),
  ];
  if (problems.length > 0) {
    const shown = problems.slice(0, SHOWN).join('; ');
    const more = problems.length > SHOWN ? `; and ${problems.length - SHOWN} more` : '';
    throw new CheckpointMismatchError(
      `${path} does not fit this ${expected.type} and its optimizers: ${shown}${more}. Nothing was changed. Build the same network and optimizers, or load only the weights with loadWeights.`,
    );
  }
  const decoded = decodeNumbers(position) as unknown as SavedPosition;
  if (decoded.seed !== expected.seed)
    throw new CheckpointMismatchError(
      `${path} is of a run with seed ${decoded.seed}, this trainer has seed ${expected.seed}: going on would equal neither run. Nothing was changed. Pass seed: ${decoded.seed}.`,
    );
  return { network, variables: tensors, position: decoded };
}

function variableProblems(saved: ReadonlyMap<string, NDArray>, expected: ExpectedRun['variables']): readonly string[] {
  const problems: string[] = [];
  for (const [name, { shape, dtype }] of expected) {
    const array = saved.get(name);
    if (array === undefined) problems.push(`"${name}" is missing`);
    else if (!sameShape(array.shape, shape))
      problems.push(`"${name}" has shape ${formatShape(array.shape)}, expected ${formatShape(shape)}`);
    else if (array.dtype !== dtype && !(isFloating(array.dtype) && isFloating(dtype)))
      problems.push(`"${name}" is ${array.dtype}, expected ${dtype}`);
  }
  for (const name of saved.keys()) if (!expected.has(name)) problems.push(`"${name}" is not part of this model`);
  return problems;
}
