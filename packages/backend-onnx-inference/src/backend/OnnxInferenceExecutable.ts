import {
  ArgumentError,
  castArray,
  checkFeeds,
  checkFinite,
  DisposedError,
  drawNoise,
  type Executable,
  type Feeds,
  type NDArray,
  type Program,
  type RunOptions,
  type Sample,
  scalar,
  type StateStore,
} from '@delira/core';
import { type Flavour, inputName, predictionModel, stepsNames, writeModel } from '@delira/onnx';
import type { Session } from '../engine/Engine.js';
import type { Runtime } from '../engine/Runtime.js';
import { VariableState } from './VariableState.js';

interface Made {
  readonly session: Session;
  /** Of the state, when the session was made. */
  readonly version: number;
  readonly forget: () => void;
}

function inputsOf(program: Program, { batch = {}, hyper = {}, seed }: Feeds): Sample {
  const inputs: Record<string, NDArray> = {};
  for (const name of Object.keys(program.feeds)) inputs[inputName.feed(name)] = batch[name]!;
  for (const [name, id] of Object.entries(program.hyper))
    inputs[inputName.hyper(name)] = castArray(scalar(hyper[name]!), program.avals[id]!.dtype);
  if (Object.keys(program.noise).length > 0)
    for (const [name, array] of drawNoise(program, seed![0], seed![1])) inputs[inputName.noise(name)] = array;
  return inputs;
}

/** A Program with one session for each state it is run with; a state that is written to gets a new one. */
export class OnnxInferenceExecutable implements Executable {
  readonly #sessions = new Map<VariableState, Made>();
  readonly #outputs: Readonly<Record<string, string>>;
  #disposed = false;

  constructor(
    private readonly runtime: Runtime,
    readonly program: Program,
    private readonly flavour: Flavour,
    private readonly onDispose: () => void,
  ) {
    this.#outputs = Object.fromEntries(Object.keys(program.outputs).map((name) => [stepsNames.output(name), name]));
  }

  /** @throws InputError, NonFiniteOutputError, EngineError */
  async run(state: StateStore, feeds: readonly Feeds[], { finite = [] }: RunOptions = {}): Promise<readonly Sample[]> {
    if (this.#disposed) throw new DisposedError(`The executable "${this.program.name}"`);
    if (!(state instanceof VariableState) || state.owner !== this.runtime)
      throw new ArgumentError(
        'The state store belongs to another backend. Create it with createState() of the backend that compiled the program.',
      );
    if (state.disposed) throw new DisposedError('The state store');
    for (const feed of feeds) checkFeeds(this.program, feed);
    return this.runtime.queue.add(async () => {
      const session = await this.#sessionFor(state);
      const samples: Sample[] = [];
      for (const feed of feeds)
        samples.push(
          await this.runtime.run(session, `"${this.program.name}"`, inputsOf(this.program, feed), this.#outputs),
        );
      checkFinite(samples, finite);
      return samples;
    });
  }

  async #sessionFor(state: VariableState): Promise<Session> {
    const made = this.#sessions.get(state);
    const { version } = state;
    if (made?.version === version) return made.session;
    if (made !== undefined) await this.#release(state);
    const { program } = this;
    const wanted = new Map(Object.entries(program.reads).map(([name, id]) => [name, program.avals[id]!]));
    const model = writeModel(predictionModel(program, state.variables(wanted), this.flavour));
    const session = await this.runtime.createSession(`the program "${program.name}"`, model);
    const forget = state.whenDisposed(() => this.runtime.queue.add(() => this.#release(state)));
    this.#sessions.set(state, { session, version, forget });
    return session;
  }

  async #release(state: VariableState): Promise<void> {
    const made = this.#sessions.get(state);
    this.#sessions.delete(state);
    made?.forget();
    await made?.session.release();
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.onDispose();
    await this.runtime.queue.add(async () => {
      for (const state of [...this.#sessions.keys()]) await this.#release(state);
    });
  }
}
