import type { Backend, Json } from '@delira/core';
import { ConsoleHandler, Logger, ProgressBar, type TextStream } from '@delira/logging';
import type { Parameters } from '@delira/parameters';
import { Experiment, Trainer } from '@delira/training';
import { basename, dirname } from 'node:path';
import type { RunConfig } from '../config/configSchema.js';
import type { AnyNetwork, AnyTensors, DataFacts, Registries } from '../registries/Registries.js';
import { buildTrainer } from './buildTrainer.js';
import { checkModel } from './checkModel.js';
import { openBackend } from './openBackend.js';
import { RunData } from './RunData.js';

export interface SessionOptions {
  readonly config: RunConfig;
  readonly registries: Registries;
  readonly root: string;
  /** The user's own. */
  readonly module: string | null;
  /** Takes progress and messages. */
  readonly stream: TextStream;
  /** No progress bars. */
  readonly quiet: boolean;
}

/** What the commands of one process work with: data, engine, experiment, and where progress is shown. */
export class Session {
  readonly data: RunData;
  readonly logger: Logger;
  readonly progress: ProgressBar | false;
  readonly #options: SessionOptions;
  readonly #closing: (() => Promise<void>)[] = [];
  #network: AnyNetwork | null = null;

  /** @throws ParametersError */
  constructor(options: SessionOptions) {
    const { config, registries, root, module, stream, quiet } = options;
    const bar = new ProgressBar({ stream });
    this.#options = options;
    this.progress = quiet ? false : bar;
    this.logger = new Logger({
      handlers: [
        // The bar shows the numbers already.
        new ConsoleHandler({ stream: bar, level: quiet ? 'warning' : 'info', filter: ({ kind }) => kind === 'text' }),
      ],
    });
    this.data = new RunData({ config, registries, root, module, progress: this.progress });
  }

  /** Makes everything once that the config names, so that what is wrong is said before anything is loaded. @throws ParametersError */
  check(facts: DataFacts): void {
    const { config, registries } = this.#options;
    const { network } = buildTrainer(config, facts, registries, false);
    checkModel(network, this.data.source.task, facts);
    this.data.transform('train', facts);
    this.data.transform('val', facts);
  }

  async backend(description: Json, needs: { readonly training: boolean }): Promise<Backend> {
    const backend = await openBackend(description, needs);
    this.#closing.push(() => backend.dispose());
    return backend;
  }

  experiment(
    folder: string,
    facts: DataFacts,
    { params, epochs, seed }: { readonly params: Parameters; readonly epochs: number; readonly seed: number },
    backend: Backend,
  ): Experiment<AnyTensors, AnyTensors> {
    const { config, registries } = this.#options;
    const experiment = new Experiment<AnyTensors, AnyTensors>({
      name: basename(folder),
      savePath: dirname(folder),
      params,
      epochs,
      seed,
      backend,
      logger: this.logger,
      build: () => {
        const built = buildTrainer(config, facts, registries, this.progress);
        this.#network = built.network;
        return built;
      },
      loader: (dataset, context) => this.data.loader(dataset, context.role, context.seed, facts),
    });
    this.#closing.push(() => experiment.dispose());
    return experiment;
  }

  /** Something to let go of at the end. */
  closing(close: () => Promise<void>): void {
    this.#closing.push(close);
  }

  /** A trainer that saves nothing. */
  trainer(facts: DataFacts, backend: Backend): Trainer<AnyTensors, AnyTensors> {
    const { config, registries } = this.#options;
    const { callbacks: _, ...built } = buildTrainer(config, facts, registries, this.progress);
    const trainer = new Trainer<AnyTensors, AnyTensors>({ seed: config.seed, ...built, backend, logger: this.logger });
    this.#closing.push(() => trainer.dispose());
    return trainer;
  }

  /** The network of the trainer that was made last. */
  get network(): AnyNetwork {
    return this.#network!;
  }

  async close(): Promise<void> {
    this.logger.close();
    for (const close of this.#closing.splice(0).reverse()) await close();
  }
}
