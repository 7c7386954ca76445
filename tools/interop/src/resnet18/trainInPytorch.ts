import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NDArray, type Sample, stackArrays } from '@delira/core';
import { loadWeights, writeSafetensors } from '@delira/io';
import { repositoryRoot } from '../repositoryRoot.js';
import { lastLines, runProcess } from '../runProcess.js';

/** A training run in PyTorch. */
export interface PytorchRun {
  readonly name: string;
  /** PyTorch's optimizer and its constants: `{ type: 'adam', lr: 1e-3 }`. */
  readonly optimizer: Readonly<Record<string, string | number>>;
  readonly dtype: 'float32' | 'float64';
  readonly steps: number;
  /** Where in the batches it begins; 0 by default. */
  readonly firstBatch?: number;
  /** For how many batches, from the first, gradients are computed at the initial weights. */
  readonly gradientBatches: number;
}

/** What PyTorch computed; all arrays float64, by torchvision's names. */
export interface PytorchResult {
  /** One loss per step. */
  readonly losses: readonly number[];
  /** At the initial weights, one entry per batch. */
  readonly gradients: readonly ReadonlyMap<string, NDArray>[];
  /** Parameters and running statistics after the last step. */
  readonly state: ReadonlyMap<string, NDArray>;
  /** Of the first batch in evaluation mode, after the last step: [N, classes]. */
  readonly logits: NDArray;
}

export interface PytorchJob {
  readonly python: string;
  /** Exchanged files go here. */
  readonly folder: string;
  readonly threads: number;
  /** Initial values by torchvision's names. */
  readonly weights: ReadonlyMap<string, NDArray>;
  /** `data` and `label`, one entry per step. */
  readonly batches: readonly Sample[];
  readonly runs: readonly PytorchRun[];
}

const entries = (batches: readonly Sample[], name: string): NDArray =>
  stackArrays(
    batches.map((batch) => {
      const array = batch[name];
      if (array === undefined) throw new Error(`The batch has no entry ${name}.`);
      return array;
    }),
  );

/** Trains torchvision's ResNet18 (one channel, ten classes) on the given weights and batches, once per run. */
export async function trainInPytorch(job: PytorchJob): Promise<ReadonlyMap<string, PytorchResult>> {
  const { folder, threads, runs } = job;
  const batches = new Map([
    ['image', entries(job.batches, 'data')],
    ['label', entries(job.batches, 'label')],
  ]);
  await writeFile(join(folder, 'weights.safetensors'), writeSafetensors(job.weights));
  await writeFile(join(folder, 'batches.safetensors'), writeSafetensors(batches));
  const description = {
    weights: 'weights.safetensors',
    batches: 'batches.safetensors',
    inChannels: 1,
    classes: 10,
    threads,
    runs,
  };
  await writeFile(join(folder, 'job.json'), JSON.stringify(description));

  const script = join(repositoryRoot, 'tools/interop/python/trainSteps.py');
  const finished = await runProcess(job.python, [script, '--job', join(folder, 'job.json')], {
    environment: { PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (finished.code !== 0)
    throw new Error(`PyTorch stopped with code ${finished.code}:\n${lastLines(finished.stderr, 8)}`);

  const result = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as {
    readonly runs: Readonly<Record<string, { readonly losses: readonly number[] }>>;
  };
  const read = async ({ name, gradientBatches }: PytorchRun): Promise<[string, PytorchResult]> => {
    const logits = (await loadWeights(join(folder, `${name}.logits.safetensors`))).get('logits');
    const losses = result.runs[name]?.losses;
    if (logits === undefined || losses === undefined) throw new Error(`PyTorch wrote no results of ${name}.`);
    return [
      name,
      {
        losses,
        gradients: await Promise.all(
          Array.from({ length: gradientBatches }, (_, index) =>
            loadWeights(join(folder, `${name}.gradients.${index}.safetensors`)),
          ),
        ),
        state: await loadWeights(join(folder, `${name}.state.safetensors`)),
        logits,
      },
    ];
  };
  return new Map(await Promise.all(runs.map(read)));
}
