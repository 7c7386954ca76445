import type { Backend } from '@delira/core';
import type { TextStream } from '@delira/logging';
import type { Parameters } from '@delira/parameters';
import { type Experiment, holdsTraining, readManifest } from '@delira/training';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { namingConfig } from '../config/ConfigError.js';
import { readConfig } from '../config/readConfig.js';
import { toParameters } from '../config/recordedConfig.js';
import type { RunConfig } from '../config/configSchema.js';
import { type AnyTensors, createRegistries, type DataFacts } from '../registries/Registries.js';
import { loadModule, moduleOfCommandLine, moduleOfConfig } from './loadModule.js';
import type { Parts } from './RunData.js';
import { Session } from './Session.js';
import { occupied } from './occupied.js';
import { shown } from '../shown.js';

export interface OpenOptions {
  readonly config: string;
  readonly assignments: readonly string[];
  readonly module: string | undefined;
  readonly backend: string | undefined;
  readonly quiet: boolean;
  readonly stream: TextStream;
}

/** What a config names, made and loaded. */
export interface Opened {
  readonly session: Session;
  readonly config: RunConfig;
  readonly facts: DataFacts;
  readonly backend: Backend;
  readonly parts: Parts;
  readonly params: Parameters;
}

/** All that a config names. What is wrong in it is said before anything is loaded, and nothing is written. */
export async function openSession(options: OpenOptions): Promise<Opened> {
  const { assignments, module, quiet, stream } = options;
  const file = options.config;
  const given = await readConfig(file, assignments);
  const config = options.backend === undefined ? given : { ...given, backend: options.backend };

  const registries = createRegistries();
  const ownModule =
    module !== undefined
      ? await moduleOfCommandLine(module, process.cwd())
      : config.module === undefined
        ? null
        : await moduleOfConfig(config.module, file);
  if (ownModule !== null) await loadModule(ownModule, registries);

  const root = dirname(resolve(file));
  const session = namingConfig(file, () => new Session({ config, registries, root, module: ownModule, quiet, stream }));
  try {
    const opened = await session.data.open();
    const { facts } = opened;
    namingConfig(file, () => session.check(facts));
    const recorded = { root, data: facts, needsModule: ownModule !== null };
    const params: Parameters = namingConfig(file, () => toParameters(config, recorded));
    const backend = await session.backend(config.backend, { training: true });
    const parts = await session.data.load(opened);
    return { session, config, facts, backend, parts, params };
  } catch (error) {
    await session.close();
    throw error;
  }
}

export interface BeginOptions extends OpenOptions {
  /** Default: `runs/` and the config's name. */
  readonly output: string | undefined;
}

export interface Begun {
  readonly session: Session;
  readonly config: RunConfig;
  readonly experiment: Experiment<AnyTensors, AnyTensors>;
  readonly parts: Parts;
  readonly folder: string;
}

/** All that a new run needs; its folder is not written yet. */
export async function beginSession(options: BeginOptions): Promise<Begun> {
  const folder = resolve(options.output ?? join('runs', basename(options.config, extname(options.config))));
  await refuseOccupied(folder);
  const { session, config, facts, backend, parts, params } = await openSession(options);
  try {
    const { train, val, test } = parts;
    session.logger.text(
      `${facts.classes.length} classes; ${train.length} samples to train on, ${val?.length ?? 0} to validate, ${test?.length ?? 0} to test. Folder: ${shown(folder)}. Ctrl-C saves.`,
    );
    const { epochs } = config.training;
    const experiment = session.experiment(folder, facts, { params, epochs, seed: config.seed }, backend);
    return { session, config, experiment, parts, folder };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Before data is loaded for nothing; the experiment makes sure of it again, under its lock. */
async function refuseOccupied(folder: string): Promise<void> {
  const manifest = await readManifest(folder).catch((error: unknown) => {
    if (error instanceof Error && 'problem' in error && error.problem === 'missing') return null;
    throw error;
  });
  if (manifest !== null && manifest.task.kind !== 'created' && (await holdsTraining(folder))) throw occupied(folder);
}
