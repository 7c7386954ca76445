import { type Json, NotFoundError, type Sample, sliceRows } from '@delira/core';
import { CheckpointError, type FileSystem, loadCheckpoint, nodeFileSystem, saveCheckpoint } from '@delira/io';
import { join } from 'node:path';
import type { EvaluatedBatch } from '../TrainerOptions.js';
import type { FoldPrediction } from './ExperimentOptions.js';

const KIND = 'delira-predictions';

interface Meta {
  readonly kind: typeof KIND;
  readonly indices: readonly number[];
}

/** Stores batches of outputs in a folder, each in a file: memory does not grow with the dataset. */
export class PredictionWriter {
  #batches = 0;

  /** @param indices in the whole dataset, of the samples that are predicted. */
  constructor(
    private readonly folder: string,
    private readonly outputs: readonly string[],
    private readonly indices: readonly number[],
    private readonly fileSystem: FileSystem = nodeFileSystem,
  ) {}

  /** @throws WriteError, NotFoundError for an output that the network does not have. */
  async write({ indices, output }: EvaluatedBatch): Promise<void> {
    const tensors = new Map(
      this.outputs.map((name) => {
        const array = output[name];
        if (array === undefined)
          throw new NotFoundError(
            `The network gave no output "${name}" to store. It gave: ${Object.keys(output).join(', ') || 'none'}.`,
          );
        return [name, array];
      }),
    );
    const meta: Meta = { kind: KIND, indices: indices.map((index) => this.indices[index]!) };
    const path = join(this.folder, fileOf(this.#batches++));
    await saveCheckpoint(path, { tensors, meta: meta as unknown as Json }, { fileSystem: this.fileSystem });
  }
}

/** What a writer stored, sample by sample. */
export async function* readPredictions(
  folder: string,
  fold: number,
  fileSystem: FileSystem = nodeFileSystem,
): AsyncGenerator<FoldPrediction, void, void> {
  for (let batch = 0; ; batch++) {
    const file = await loadUnlessMissing(join(folder, fileOf(batch)), fileSystem);
    if (file === null) return;
    const { indices } = file.meta as unknown as Meta;
    for (const [row, index] of indices.entries()) {
      const output: Sample = Object.fromEntries(
        [...file.tensors].map(([name, array]) => {
          const one = sliceRows(array, row, row + 1);
          return [name, { ...one, shape: one.shape.slice(1) }];
        }),
      );
      yield { fold, index, output };
    }
  }
}

async function loadUnlessMissing(
  path: string,
  fileSystem: FileSystem,
): Promise<Awaited<ReturnType<typeof loadCheckpoint>> | null> {
  try {
    return await loadCheckpoint(path, { fileSystem });
  } catch (error) {
    if (error instanceof CheckpointError && error.problem === 'missing') return null;
    throw error;
  }
}

function fileOf(batch: number): string {
  return `batch-${String(batch).padStart(6, '0')}.safetensors`;
}
