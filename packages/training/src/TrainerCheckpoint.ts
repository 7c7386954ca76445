import { formatShape, isFloating, type Json, type NDArray, sameShape } from '@delira/core';
import { loadCheckpoint, saveCheckpoint } from '@delira/io';
import { CheckpointMismatchError } from './errors.js';
import type { ScalarSums } from './ScalarMeans.js';

/** Where a run is: with the variables, everything a resumed run needs to go on bit for bit. */
export interface RunPosition {
  /** Epoch in progress, from 0; equal to the number of epochs once all are done. */
  readonly epoch: number;
  /** Batches of that epoch done. */
  readonly batch: number;
  /** Steps done in all. */
  readonly step: number;
  readonly seed: number;
  /** Sums of the epoch's scalars so far. */
  readonly sums: ScalarSums;
  /** States of the training metrics so far, by name. */
  readonly metrics: Readonly<Record<string, Json>>;
  /** Means and metrics of each finished epoch. */
  readonly history: readonly Readonly<Record<string, number>>[];
  /** Best value of the monitored metric so far; null before the first. */
  readonly best: number | null;
  /** Hypers that callbacks have set. */
  readonly hyper: Readonly<Record<string, number>>;
}

export interface TrainerCheckpoint {
  readonly position: RunPosition;
  readonly variables: ReadonlyMap<string, NDArray>;
  readonly network: { readonly type: string; readonly config: Json };
}

const KIND = 'delira-training';
const VERSION = 1;

/** JSON has no NaN or infinities; a metric can be one. */
function encodeNumbers(value: Readonly<Record<string, number>>): Json {
  return Object.fromEntries(
    Object.entries(value).map(([name, number]) => [name, Number.isFinite(number) ? number : String(number)]),
  );
}

function decodeNumbers(value: Json): Record<string, number> {
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, number | string>>).map(([name, number]) => [name, Number(number)]),
  );
}

/** @throws WriteError; the previous file at `path` is kept then. */
export async function saveTrainerCheckpoint(
  path: string,
  { position, variables, network }: TrainerCheckpoint,
): Promise<void> {
  const meta: Json = {
    kind: KIND,
    version: VERSION,
    network,
    position: {
      ...position,
      sums: position.sums as unknown as Json,
      history: position.history.map(encodeNumbers),
      hyper: encodeNumbers(position.hyper),
    },
  };
  await saveCheckpoint(path, { tensors: variables, meta });
}

/**
 * Loads a checkpoint and checks it against what the trainer has; changes nothing.
 *
 * @throws CheckpointError for a file that is missing, damaged or foreign, CheckpointMismatchError for one of another model.
 */
export async function loadTrainerCheckpoint(
  path: string,
  expected: { readonly type: string; readonly variables: ReadonlyMap<string, Pick<NDArray, 'shape' | 'dtype'>> },
): Promise<TrainerCheckpoint> {
  const { tensors, meta } = await loadCheckpoint(path);
  const { kind, version, network, position } = meta as unknown as {
    readonly kind?: unknown;
    readonly version?: unknown;
    readonly network: TrainerCheckpoint['network'];
    readonly position: RunPosition;
  };
  if (kind !== KIND)
    throw new CheckpointMismatchError(
      `${path} was not saved by a trainer. Load its weights with loadWeights, or give a trainer's checkpoint.`,
    );
  if (version !== VERSION)
    throw new CheckpointMismatchError(
      `${path} has version ${String(version)} of the training checkpoint, this program reads version ${VERSION}. Resume it with the version of @delira/training that saved it.`,
    );

  const problems: string[] = [];
  for (const [name, { shape, dtype }] of expected.variables) {
    const saved = tensors.get(name);
    if (saved === undefined) problems.push(`"${name}" is missing`);
    else if (!sameShape(saved.shape, shape))
      problems.push(`"${name}" has shape ${formatShape(saved.shape)}, expected ${formatShape(shape)}`);
    else if (saved.dtype !== dtype && !(isFloating(saved.dtype) && isFloating(dtype)))
      problems.push(`"${name}" is ${saved.dtype}, expected ${dtype}`);
  }
  for (const name of tensors.keys())
    if (!expected.variables.has(name)) problems.push(`"${name}" is not part of this model`);
  if (problems.length > 0) {
    const shown = problems.slice(0, 5).join('; ');
    const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
    throw new CheckpointMismatchError(
      `${path} holds a ${network.type}, whose variables do not fit this ${expected.type} and its optimizers: ${shown}${more}. Nothing was changed. Build the same network and optimizers, or load only the weights with loadWeights.`,
    );
  }
  return {
    network,
    variables: tensors,
    position: {
      ...position,
      history: position.history.map((entry) => decodeNumbers(entry as unknown as Json)),
      hyper: decodeNumbers(position.hyper as unknown as Json),
    },
  };
}
