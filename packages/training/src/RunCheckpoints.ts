import type { Json, NDArray, StateStore, Variable } from '@delira/core';
import { CheckpointError, listCheckpoints, nodeFileSystem, WriteError } from '@delira/io';
import type { Logger } from '@delira/logging';
import { dirname, join, resolve } from 'node:path';
import { NonFiniteLossError } from './errors.js';
import { listIndices } from './PreparedBatch.js';
import type { Run } from './Run.js';
import type { RunPosition, SavedPosition } from './RunPosition.js';
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
  /** Of how many saved epochs a file of its own stays. */
  readonly keep: number;
  /** What callbacks remember. */
  readonly callbacks: () => Readonly<Record<string, Json>>;
  /** Gives callbacks what they remembered; what does not fit is told. */
  readonly restoreCallbacks: (states: Readonly<Record<string, Json>>) => readonly string[];
}

/** Saves and restores a run: `last.safetensors` and `best.safetensors` in its folder, and files elsewhere. */
export class RunCheckpoints {
  /** What `last` holds. */
  #savedPosition: RunPosition | null = null;
  #last: string | null = null;
  #best: string | null = null;
  #bestIsDue = false;
  /** The best value before the one whose state is due. */
  #bestBefore: number | null = null;

  constructor(private readonly options: RunCheckpointsOptions) {}

  /** Where the newest saved state of the run is. */
  get last(): string | null {
    return this.#last;
  }

  /** Where the run's best state is. */
  get best(): string | null {
    return this.#best;
  }

  /** The next save is of the best state so far. @param before the best value until now. */
  markBest(before: number | null): void {
    this.#bestIsDue = this.options.folder !== null;
    this.#bestBefore = before;
  }

  /** Whether the state that is the best so far is not saved yet. */
  get bestIsDue(): boolean {
    return this.#bestIsDue;
  }

  /** Does without the best state that could not be saved: the best one is that on the disk again. */
  forgetBest(): void {
    if (!this.#bestIsDue) return;
    this.#bestIsDue = false;
    const { run } = this.options;
    run.position = { ...run.position, best: this.#bestBefore };
  }

  /**
   * Saves what is due in the folder: the best state, and the newest one if that is wanted and not saved yet. Whether the newest was
   * saved.
   */
  async save({ last }: { readonly last: boolean }): Promise<boolean> {
    const { folder, run } = this.options;
    const lastIsDue = folder !== null && last && this.#savedPosition !== run.position;
    if (!lastIsDue && !this.#bestIsDue) return false;
    const { position, checkpoint } = await this.#capture();
    // The best first: a process killed in between resumes before this epoch's end, and saves the same best again.
    if (this.#bestIsDue) {
      this.#best = await this.#write('best', checkpoint);
      this.#bestIsDue = false;
    }
    if (!lastIsDue) return false;
    const { epoch, batch } = position;
    if (this.options.keep > 0 && batch === 0) await this.#write(nameOfEpoch(epoch), checkpoint);
    this.#last = await this.#write('last', checkpoint);
    this.#savedPosition = position;
    await this.#removeOld(epoch);
    return true;
  }

  /** Leaves the newest of the epochs' checkpoints. Those of epochs to come are of another attempt, and will be written again. */
  async #removeOld(newest: number): Promise<void> {
    const { folder, keep, files, logger } = this.options;
    const fileSystem = files.fileSystem ?? nodeFileSystem;
    if (folder === null || keep === 0) return;
    try {
      const epochs = (await fileSystem.list(folder)).flatMap((name) => {
        const epoch = Number(/^epoch-(\d+)\.safetensors$/.exec(name)?.[1] ?? NaN);
        return epoch <= newest ? [{ name, epoch }] : [];
      });
      for (const { name } of epochs.sort((a, b) => b.epoch - a.epoch).slice(keep))
        await fileSystem.remove(join(folder, name));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.text(`Checkpoints of earlier epochs in ${folder} could not be removed: ${reason}`, 'warning');
    }
  }

  /** @throws WriteError; an earlier file at `path` is kept then. */
  async saveAs(path: string): Promise<void> {
    await saveTrainerCheckpoint(path, (await this.#capture()).checkpoint, this.options.files);
  }

  /** Loads a checkpoint into the state and the run, after everything was checked. */
  async restore(path: string): Promise<void> {
    const { run, logger } = this.options;
    const checkpoint = await this.#loadOrOffer(path);
    await (await this.options.state()).write(checkpoint.variables);
    const { callbacks = {}, ...position } = checkpoint.position as Partial<SavedPosition> & RunPosition;
    run.position = position;
    run.indices = [];
    for (const problem of this.options.restoreCallbacks(callbacks)) logger.text(`${path}: ${problem}.`, 'warning');
    this.#savedPosition = position;
    this.#last = path;
    const { folder } = this.options;
    const isOurs = folder !== null && resolve(dirname(path)) === resolve(folder);
    this.#best = isOurs && checkpoint.position.best !== null ? this.#path('best') : null;
    this.#bestIsDue = false;
  }

  #load(path: string): Promise<TrainerCheckpoint> {
    const { run, network, variables, files } = this.options;
    const expected = {
      type: network.type,
      seed: run.position.seed,
      variables: new Map([...variables].map(([name, { aval }]) => [name, aval])),
    };
    return loadTrainerCheckpoint(path, expected, files);
  }

  /** @throws CheckpointError naming the newest of the other checkpoints in the folder that is whole and of this run. */
  async #loadOrOffer(path: string): Promise<TrainerCheckpoint> {
    try {
      return await this.#load(path);
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      const other = await this.#newestBeside(path);
      if (other === null) throw error;
      const { step, epoch } = other.position;
      throw new CheckpointError(
        `${error.message} ${other.path} is whole, and of this run after ${epoch} epochs, at step ${step}: resume that one to go on from there.`,
        path,
        error.problem,
        { cause: error },
      );
    }
  }

  async #newestBeside(path: string): Promise<{ readonly path: string; readonly position: RunPosition } | null> {
    const infos = await listCheckpoints(dirname(path), this.options.files).catch(() => []);
    let newest: { readonly path: string; readonly position: RunPosition } | null = null;
    for (const info of infos) {
      if (info.error !== null || resolve(info.path) === resolve(path)) continue;
      // One at a time: a checkpoint may be large.
      const position = await this.#load(info.path).then(
        (checkpoint) => checkpoint.position,
        () => null,
      );
      if (position !== null && (newest === null || position.step > newest.position.step))
        newest = { path: info.path, position };
    }
    return newest;
  }

  #capture(): Promise<{ readonly position: RunPosition; readonly checkpoint: TrainerCheckpoint }> {
    const { run, network, logger, turns } = this.options;
    return turns.take(async () => {
      const { position } = run;
      const variables = await (await this.options.state()).read();
      this.#refuseNonFinite(variables);
      // A checkpoint must not be ahead of the histories on the disk.
      logger.flush();
      return {
        position,
        checkpoint: { position: { ...position, callbacks: this.options.callbacks() }, variables, network },
      };
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

  async #write(name: string, checkpoint: TrainerCheckpoint): Promise<string> {
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

  #path(name: string): string {
    return join(this.options.folder ?? '.', `${name}.safetensors`);
  }
}

function nameOfEpoch(epoch: number): string {
  return `epoch-${String(epoch).padStart(4, '0')}`;
}
