import {
  allocate,
  checkFinite,
  EngineError,
  type NDArray,
  type Program,
  type Sample,
  type Shape,
  sizeOf,
  sliceRows,
} from '@delira/core';
import { type Flavour, stepsModel, stepsNames, type LoweredProgram, stateInputName, writeModel } from '@delira/onnx';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Engine } from './loadEngine.js';
import type { Provider } from './checkProviders.js';
import type { VariableStore } from './VariableStore.js';

/** Inputs of a run that are stacked along a leading axis of steps, by the names of the lowered graph. */
export interface StackedFeeds {
  readonly steps: number;
  readonly values: Readonly<Record<string, NDArray>>;
}

/** What onnxruntime-node 1.30 says when it comes to the marker, which is after all other outputs are filled. */
const SEQUENCE_REFUSED = 'Non tensor type is temporarily not supported';

export interface SessionSettings {
  readonly providers: readonly Provider[];
  readonly threads: number;
  readonly spinning: boolean;
}

function sessionOptions(
  { providers, threads, spinning }: SessionSettings,
  { isOrdered = false }: LoweredProgram,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [...providers],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: isOrdered ? 'disabled' : 'all',
    // Plans one block for all intermediate results, with gaps: a quarter more memory at the peak (GAN of 64 images: 1222 against 761 MB), no faster.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' } } },
  };
}

/** The piece of a variable's packed array at `index`, in the shape the engine wants: a view. */
function pieceOf({ dtype, data }: NDArray, index: number, shape: Shape): NDArray {
  const size = sizeOf(shape);
  return { dtype, shape, data: data.subarray(index * size, (index + 1) * size) } as NDArray;
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
    const bytes = writeModel(stepsModel(lowered, { marker: true }));
    try {
      const session = await engine.InferenceSession.create(bytes, sessionOptions(settings, lowered));
      return new CompiledProgram(engine, session, program, lowered);
    } catch (error) {
      const { providers } = settings;
      const others = providers.filter((provider) => provider !== 'cpu');
      const remedy =
        others.length === 0 ? '' : `. If ${others.join(', ')} does not start on this machine, use providers: ['cpu'].`;
      throw new EngineError(
        `ONNX Runtime refused the program "${program.name}" (${flavour.name}, ${providers.join(', ')}): ${(error as Error).message.trim()}${remedy}`,
        { cause: error },
      );
    }
  }

  #tensor({ dtype, data, shape }: NDArray): Tensor {
    return new this.engine.Tensor(dtype, data as Float32Array, [...shape]) as Tensor;
  }

  /** Runs the steps; the store changes after the last one has succeeded, or not at all. */
  async run(
    store: VariableStore,
    { steps, values }: StackedFeeds,
    finite: readonly string[],
  ): Promise<readonly Sample[]> {
    const positions = Int32Array.from({ length: steps }, (_, position) => position);
    const inputs: Record<string, Tensor> = {
      [stepsNames.positions]: this.#tensor({ dtype: 'int32', shape: [steps], data: positions }),
    };
    // Every output has its place before the run: see the marker of stepsModel.
    const places: Record<string, Tensor | null> = { [stepsNames.marker]: null };
    for (const [name, array] of Object.entries(values)) inputs[stepsNames.stacked(name)] = this.#tensor(array);
    for (const name of Object.keys(this.lowered.state)) {
      const { shape, dtype } = this.program.avals[this.program.reads[name]!]!;
      store.check(name, shape, dtype);
    }
    await store.arrange(new Map(Object.entries(this.lowered.state).map(([name, { layout }]) => [name, layout])));
    const { guard } = this.lowered;
    // Over several steps a later one may fail; and a second buffer that is there is used.
    const guarded = steps === 1 && guard !== undefined && finite.every((name) => guard.outputs.includes(name));
    const passed: NDArray<'bool'> = { dtype: 'bool', shape: [steps], data: new Uint8Array(steps) };
    if (guard !== undefined) {
      const required = Uint8Array.from(guard.outputs, (name) => (finite.includes(name) ? 1 : 0));
      if (required.length > 0)
        inputs[guard.required.name] = this.#tensor({ dtype: 'bool', shape: [required.length], data: required });
      places[stepsNames.passed] = this.#tensor(passed);
    }
    const written: string[] = [];
    let writtenOver = false;
    for (const [name, { layout, parts, inPlace = false }] of Object.entries(this.lowered.state)) {
      const { shape, dtype } = this.program.avals[this.program.reads[name]!]!;
      const current = store.take(name, layout, shape, dtype);
      parts.forEach((part, index) => {
        inputs[stateInputName(part)] = this.#tensor(pieceOf(current, index, part.input.shape));
      });
      if (parts.every(({ output }) => output === undefined)) continue;
      const over = guarded && inPlace && !store.hasSpare(name);
      const next = over ? current : store.spare(name);
      parts.forEach(({ input }, index) => {
        places[stepsNames.next(input.name)] = this.#tensor(pieceOf(next, index, input.shape));
      });
      if (over) writtenOver = true;
      else written.push(name);
    }
    const outputs = Object.entries(this.lowered.outputs).map(([name, { dtype }]) => {
      const { shape } = this.program.avals[this.program.outputs[name]!]!;
      const array: NDArray = { dtype, shape: [steps, ...shape], data: allocate(dtype, steps * sizeOf(shape)) };
      places[stepsNames.output(name)] = this.#tensor(array);
      return { name, shape, array };
    });

    try {
      await this.session.run(inputs, places);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes(SEQUENCE_REFUSED)) {
        const isBroken = writtenOver && passed.data[0] !== 0;
        const failure = new EngineError(
          `ONNX Runtime failed while running "${this.program.name}": ${(error as Error).message}. ${isBroken ? 'It had begun to write the state, which is lost.' : 'Nothing was written.'}`,
          { cause: error },
        );
        if (isBroken) store.breakBy(failure);
        throw failure;
      }
    }

    const samples = Array.from({ length: steps }, (_, step) =>
      Object.fromEntries(
        outputs.map(({ name, shape, array }) => [name, { ...sliceRows(array, step, step + 1), shape } as NDArray]),
      ),
    );
    checkFinite(samples, finite);
    if (writtenOver && passed.data[0] === 0)
      throw new EngineError(`The graph of "${this.program.name}" took finite outputs for others. Nothing was written.`);
    for (const name of written) store.swap(name);
    return samples;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}
