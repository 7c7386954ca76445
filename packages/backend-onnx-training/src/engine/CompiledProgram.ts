import { checkFinite, EngineError, type NDArray, type Program, type Sample, sliceRows } from '@delira/core';
import { type Flavour, loopModel, loopNames, type LoweredProgram, stateInputName, writeModel } from '@delira/onnx';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Engine } from './loadEngine.js';
import type { Provider } from './checkProviders.js';
import type { VariableStore } from './VariableStore.js';

/** Inputs of a run that are stacked along a leading axis of steps, by the names of the lowered graph. */
export interface StackedFeeds {
  readonly steps: number;
  readonly values: Readonly<Record<string, NDArray>>;
}

export interface SessionSettings {
  readonly providers: readonly Provider[];
  readonly threads: number;
  readonly spinning: boolean;
}

function sessionOptions({ providers, threads, spinning }: SessionSettings): InferenceSession.SessionOptions {
  return {
    executionProviders: [...providers],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' } } },
  };
}

/** One session over one lowered Program. */
export class CompiledProgram {
  private constructor(
    private readonly engine: Engine,
    private readonly session: InferenceSession,
    private readonly program: Program,
    private readonly lowered: LoweredProgram,
  ) {}

  /** @throws UnsupportedError, EngineError */
  static async create(
    engine: Engine,
    program: Program,
    flavour: Flavour,
    settings: SessionSettings,
  ): Promise<CompiledProgram> {
    const lowered = flavour.lower(program);
    const bytes = writeModel(loopModel(lowered));
    try {
      const session = await engine.InferenceSession.create(bytes, sessionOptions(settings));
      return new CompiledProgram(engine, session, program, lowered);
    } catch (error) {
      throw new EngineError(
        `ONNX Runtime refused the program "${program.name}" (${flavour.name}, ${settings.providers.join(', ')}): ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  #tensor({ dtype, data, shape }: NDArray): Tensor {
    return new this.engine.Tensor(dtype, data as Float32Array, [...shape]) as Tensor;
  }

  /** Runs the steps; the store changes after the last one has succeeded, or not at all. */
  async run(store: VariableStore, feeds: StackedFeeds, finite: readonly string[]): Promise<readonly Sample[]> {
    const inputs: Record<string, Tensor> = {
      [loopNames.steps]: new this.engine.Tensor('int64', BigInt64Array.of(BigInt(feeds.steps)), []) as Tensor,
    };
    for (const [name, array] of Object.entries(feeds.values)) inputs[loopNames.stacked(name)] = this.#tensor(array);
    const state = Object.entries(this.lowered.state);
    for (const [name, { layout }] of state) {
      const { shape, dtype } = this.program.avals[this.program.reads[name]!]!;
      inputs[stateInputName(this.lowered, name)] = this.#tensor({
        ...store.take(name, layout, shape, dtype),
        shape: layout.shape,
      } as NDArray);
    }

    let results: InferenceSession.OnnxValueMapType;
    try {
      results = await this.session.run(inputs);
    } catch (error) {
      throw new EngineError(
        `ONNX Runtime failed while running "${this.program.name}": ${(error as Error).message}. Nothing was written.`,
        { cause: error },
      );
    }

    const outputs = this.#outputs(results, feeds.steps);
    checkFinite(outputs, finite);
    for (const [name, { layout, output }] of state) {
      if (output === undefined) continue;
      const next = results[loopNames.next(name)] as Tensor;
      store.replace(name, { dtype: output.dtype, shape: layout.shape, data: next.data } as NDArray);
    }
    return outputs;
  }

  #outputs(results: InferenceSession.OnnxValueMapType, steps: number): readonly Sample[] {
    const stacked = Object.entries(this.lowered.outputs).map(([name, value]) => {
      const { data } = results[loopNames.output(name)] as Tensor;
      const plain = this.program.avals[this.program.outputs[name]!]!;
      return [name, plain.shape, { dtype: value.dtype, shape: [steps, ...plain.shape], data } as NDArray] as const;
    });
    return Array.from({ length: steps }, (_, step) =>
      Object.fromEntries(
        stacked.map(([name, shape, array]) => [name, { ...sliceRows(array, step, step + 1), shape } as NDArray]),
      ),
    );
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}
