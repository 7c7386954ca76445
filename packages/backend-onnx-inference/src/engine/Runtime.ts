import { ArgumentError, EngineError, type NDArray, type Sample } from '@delira/core';
import type { FlavourName } from '@delira/onnx';
import { checkProviders } from './checkProviders.js';
import type { Engine, EngineOptions, Platform, Session } from './Engine.js';
import type { Queue } from './Queue.js';

export interface EngineInfo {
  /** The package that computes. */
  readonly engine: Engine['name'];
  readonly providers: readonly string[];
  /** As asked for; null: the engine's choice. */
  readonly threads: number | null;
  /** The form of what is compiled here; an exported model has its own. */
  readonly flavour?: FlavourName;
  /** Why the flavour is what it is. */
  readonly reason?: string;
}

/** An engine with its providers. What it is asked for is done one after the other. */
export class Runtime {
  private constructor(
    private readonly engine: Engine,
    readonly info: EngineInfo,
  ) {}

  get queue(): Queue {
    return this.engine.queue;
  }

  /** @throws MissingPackageError, EngineError, ArgumentError, UnsupportedError */
  static async start<O extends EngineOptions>(platform: Platform<O>, options: O): Promise<Runtime> {
    const { threads = null, providers = ['cpu'] } = options;
    if (threads !== null && (!Number.isSafeInteger(threads) || threads < 1))
      throw new ArgumentError(`threads must be a positive integer, got ${threads}.`);
    const engine = await platform.loadEngine(options);
    return new Runtime(engine, { engine: engine.name, providers: checkProviders(engine, providers), threads });
  }

  /** @param what names the model in messages. @throws EngineError */
  async createSession(what: string, model: Uint8Array): Promise<Session> {
    const { providers, threads } = this.info;
    try {
      return await this.engine.create(model, {
        executionProviders: [...providers],
        graphOptimizationLevel: 'all',
        // Plans one block for all intermediate results, with gaps: a U-Net 3D at 64³ held 1,746 MB with it, 1,240 without, and was slower.
        enableMemPattern: false,
        logSeverityLevel: 3,
        ...(threads === null ? {} : { intraOpNumThreads: threads, interOpNumThreads: 1 }),
      });
    } catch (cause) {
      const others = providers.filter((provider) => provider !== 'cpu' && provider !== 'wasm');
      const remedy =
        others.length === 0
          ? 'Is it a model that was exported with exportOnnx?'
          : `If ${others.join(', ')} does not start on this machine, use providers: ['cpu'].`;
      throw new EngineError(
        `${this.info.engine} refused ${what} (${providers.join(', ')}): ${(cause as Error).message}. ${remedy}`,
        { cause },
      );
    }
  }

  /** One run. @param names of the outputs, by their names in the session. @throws EngineError */
  async run(session: Session, what: string, inputs: Sample, names: Readonly<Record<string, string>>): Promise<Sample> {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, array]) => [name, this.engine.tensor(array)]),
    );
    try {
      const results = await session.run(tensors);
      return Object.fromEntries(
        Object.entries(results).map(([name, { type, dims, data }]) => [
          names[name] ?? name,
          { dtype: type, shape: [...dims], data } as NDArray,
        ]),
      );
    } catch (cause) {
      throw new EngineError(`${this.info.engine} failed while running ${what}: ${(cause as Error).message}.`, {
        cause,
      });
    }
  }
}
