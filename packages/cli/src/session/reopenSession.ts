import type { Backend } from '@delira/core';
import type { TextStream } from '@delira/logging';
import { Parameters, type ParameterTree } from '@delira/parameters';
import { type Experiment, type Manifest, readManifest } from '@delira/training';
import { resolve } from 'node:path';
import type { RunConfig } from '../config/configSchema.js';
import { namingConfig } from '../config/ConfigError.js';
import { fromManifest, type Recorded } from '../config/recordedConfig.js';
import { type AnyTensors, createRegistries } from '../registries/Registries.js';
import { loadModule, moduleOfCommandLine } from './loadModule.js';
import { ModuleError } from './ModuleError.js';
import { checkRecordedBackend } from './openBackend.js';
import { checkAlike, type Parts } from './RunData.js';
import { Session } from './Session.js';
import { shown } from '../shown.js';

export interface ReopenOptions {
  readonly run: string;
  readonly module: string | undefined;
  readonly backend: string | undefined;
  /** Folder that relative paths of data start from; default: as at first. */
  readonly root?: string | undefined;
  readonly quiet: boolean;
  readonly stream: TextStream;
  /** Whether the engine must be able to train. */
  readonly training: boolean;
}

export interface Reopened {
  readonly session: Session;
  readonly config: RunConfig;
  readonly recorded: Recorded;
  readonly manifest: Manifest;
  readonly experiment: Experiment<AnyTensors, AnyTensors>;
  readonly backend: Backend;
  readonly folder: string;
  /** The datasets as they were split at first. */
  readonly loadParts: () => Promise<Parts>;
}

/**
 * A run that was begun, from its folder. The folder is data: code comes from this program, and from `--module` and `--backend`.
 *
 * @throws RunFolderError when it holds no run, or that of another version; ModuleError when a module has to be given again.
 */
export async function reopenSession(options: ReopenOptions): Promise<Reopened> {
  const { module, quiet, stream, training } = options;
  const folder = resolve(options.run);
  const manifest = await readManifest(folder);
  const { config, recorded } = fromManifest(folder, manifest);
  if (options.backend === undefined) checkRecordedBackend(config.backend, shown(folder));

  const registries = createRegistries();
  const ownModule = module === undefined ? null : await moduleOfCommandLine(module, process.cwd());
  if (ownModule !== null) await loadModule(ownModule, registries);
  else if (recorded.needsModule)
    throw new ModuleError(
      `The run in ${shown(folder)} was begun with a module of your own. A folder cannot choose what code runs: give the module again, --module FILE.`,
    );

  const root = options.root === undefined ? recorded.root : resolve(options.root);
  const source = `${shown(folder)}/manifest.json`;
  const session = namingConfig(
    source,
    () => new Session({ config, registries, root, module: ownModule, quiet, stream }),
  );
  try {
    namingConfig(source, () => session.check(recorded.data));
    const backend = await session.backend(options.backend ?? config.backend, { training });
    const params = new Parameters(manifest.parameters as ParameterTree);
    const { epochs, seed } = manifest;
    const experiment = session.experiment(folder, recorded.data, { params, epochs, seed }, backend);
    const loadParts = async (): Promise<Parts> => {
      const opened = await session.data.open();
      checkAlike(opened.facts, recorded.data, 'dataset');
      return session.data.load(opened);
    };
    return { session, config, recorded, manifest, experiment, backend, folder, loadParts };
  } catch (error) {
    await session.close();
    throw error;
  }
}
