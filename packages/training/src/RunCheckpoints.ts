import type { Json, NDArray, StateStore, Variable } from '@delira/core';
import { WriteError } from '@delira/io';
import type { Logger } from '@delira/logging';
import { dirname, join, resolve } from 'node:path';
import { NonFiniteLossError } from './errors.js';
import { listIndices } from './PreparedBatch.js';
import type { Run } from './Run.js';
import type { RunPosition } from './RunPosition.js';
import {
  type CheckpointOptions,
  loadTrainerCheckpoint,
  saveTrainerCheckpoint,
  type TrainerCheckpoint,
} from './TrainerCheckpoint.js';
import type { Turns } from './Turns.js';

export interface RunCheckpointsOptions {
  /** Null: nothing is saved. */
  readonly folder: string | null;
  readonly files: CheckpointOptions;
  readonly run: Run;
  readonly network: { readonly type: string; readonly config: Json };
  readonly variables: ReadonlyMap<string, Variable>;
  readonly state: () => Promise<StateStore>;
  /** Shared with the calls of the engine, so that a checkpoint's position and variables are of the same step. */
  readonly turns: Turns;
  readonly logger: Logger;
}

/** Saves and restores a run: `last.safetensors` and `best.safetensors` in its folder, and files elsewhere. */
export class RunCheckpoints {
  /** What `last` holds. */
  #savedPosition: RunPosition | null = null;
  #last: string | null = null;
  #best: string | null = null;
  #bestIsDue = false;

  constructor(private readonly options: RunCheckpointsOptions) {}

  /** Where the newest saved state of the run is. */
  get last(): string | null {
    return this.#last;
  }

  /** Where the run's best state is. */
  get best(): string | null {
    return this.#best;
  }

  /** The next save is of the best state so far. */
  markBest(): void {
    this.#bestIsDue = this.options.folder !== null;
  }

  /** Saves what is due in the folder: the best state, and the newest one if that is wanted and not saved yet. */
  async save({ last }: { readonly last: boolean }): Promise<void> {
    const { folder, run } = this.options;
    const lastIsDue = folder !== null && last && this.#savedPosition !== run.position;
    if (!lastIsDue && !this.#bestIsDue) return;
    const checkpoint = await this.#capture();
    // The best first: a process killed in between resumes before this epoch's end, and saves the same best again.
    if (this.#bestIsDue) {
      this.#best = await this.#write('best', checkpoint);
      this.#bestIsDue = false;
    }
    if (lastIsDue) {
      this.#last = await this.#write('last', checkpoint);
      this.#savedPosition = checkpoint.position;
    }
  }

  /** @throws WriteError; an earlier file at `path` is kept then. */
  async saveAs(path: string): Promise<void> {
    await saveTrainerCheckpoint(path, await this.#capture(), this.options.files);
  }

  /** Loads a checkpoint into the state and the run, after everything was checked. */
  async restore(path: string): Promise<void> {
    const { run, network, variables, files } = this.options;
    const checkpoint = await loadTrainerCheckpoint(
      path,
      {
        type: network.type,
        seed: run.position.seed,
        variables: new Map([...variables].map(([name, { aval }]) => [name, aval])),
      },
      files,
    );
    await (await this.options.state()).write(checkpoint.variables);
    run.position = checkpoint.position;
    run.indices = [];
    this.#savedPosition = checkpoint.position;
    this.#last = path;
    const { folder } = this.options;
    const isOurs = folder !== null && resolve(dirname(path)) === resolve(folder);
    this.#best = isOurs && checkpoint.position.best !== null ? this.#path('best') : null;
    this.#bestIsDue = false;
  }

  #capture(): Promise<TrainerCheckpoint> {
    const { run, network, logger, turns } = this.options;
    return turns.take(async () => {
      const { position } = run;
      const variables = await (await this.options.state()).read();
      this.#refuseNonFinite(variables);
      // A checkpoint must not be ahead of the histories on the disk.
      logger.flush();
      return { position, variables, network };
    });
  }

  /** A loss can be finite and its update not. */
  #refuseNonFinite(variables: ReadonlyMap<string, NDArray>): void {
    const { run } = this.options;
    for (const [name, { kind }] of this.options.variables) {
      const value = kind === 'param' ? variables.get(name)!.data.find((entry) => !Number.isFinite(entry)) : undefined;
      if (value === undefined) continue;
      const step = Math.max(0, run.position.step - 1);
      const earlier = this.#last === null ? '' : ` The checkpoint ${this.#last} is as it was.`;
      throw new NonFiniteLossError(
        `The parameter "${name}" became ${value} in an update, at the latest at step ${step}, on the samples ${listIndices(run.indices)} of the training set. Such a state is not saved.${earlier} Lower the learning rate, or clip gradients with clipByGlobalNorm.`,
        name,
        step,
        run.indices,
        this.#last,
      );
    }
  }

  async #write(name: 'last' | 'best', checkpoint: TrainerCheckpoint): Promise<string> {
    const path = this.#path(name);
    try {
      await saveTrainerCheckpoint(path, checkpoint, this.options.files);
      return path;
    } catch (error) {
      if (!(error instanceof WriteError)) throw error;
      throw new WriteError(
        `${error.message} The training stands after step ${checkpoint.position.step}, in memory: call fit() again to save and go on, or save() to another place.`,
        error.path,
        error.kept,
        error.reason,
        { cause: error },
      );
    }
  }

  #path(name: 'last' | 'best'): string {
    return join(this.options.folder ?? '.', `${name}.safetensors`);
  }
}
