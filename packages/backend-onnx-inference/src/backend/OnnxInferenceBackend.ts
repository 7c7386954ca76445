import {
  type Backend,
  checkSupported,
  DisposedError,
  type DType,
  type NDArray,
  type Program,
  type StateStore,
  UnsupportedError,
  verify,
} from '@delira/core';
import { type FlavourChoice, portableLowerings } from '@delira/onnx';
import type { EngineInfo, Runtime } from '../engine/Runtime.js';
import { OnnxInferenceExecutable } from './OnnxInferenceExecutable.js';
import { VariableState } from './VariableState.js';

/** Runs Programs that write nothing, predictions above all, with their variables as constants. */
export class OnnxInferenceBackend implements Backend {
  readonly name = 'onnx-inference';
  readonly capabilities: { readonly training: false; readonly dtypes: ReadonlySet<DType> } = {
    training: false,
    dtypes: new Set(['float32', 'int32', 'uint8', 'bool']),
  };
  readonly #executables = new Set<OnnxInferenceExecutable>();
  readonly #states = new Set<VariableState>();
  #disposed = false;

  constructor(
    private readonly runtime: Runtime,
    private readonly choice: FlavourChoice,
  ) {}

  /** Engine, providers, threads and flavour in use. */
  get info(): EngineInfo & Required<Pick<EngineInfo, 'flavour' | 'reason'>> {
    const { name, reason } = this.choice;
    return { ...this.runtime.info, flavour: name, reason };
  }

  /** @throws UnsupportedError for a Program that trains, or that ONNX cannot express. */
  async compile(program: Program): Promise<OnnxInferenceExecutable> {
    if (this.#disposed) throw new DisposedError('The backend');
    const written = Object.keys(program.writes);
    if (written.length > 0)
      throw new UnsupportedError(
        `The backend "${this.name}" only predicts, but the program "${program.name}" writes ${written.slice(0, 4).join(', ')}${written.length > 4 ? ', …' : ''}. Train with another, such as @delira/backend-onnx-training.`,
      );
    checkSupported(program, { name: this.name, dtypes: this.capabilities.dtypes, lowerings: portableLowerings });
    verify(program);
    // Sessions are made when the variables are known; what cannot be lowered is refused here.
    const { flavour } = this.choice;
    flavour.lower(program);
    const executable = new OnnxInferenceExecutable(this.runtime, program, flavour, () =>
      this.#executables.delete(executable),
    );
    this.#executables.add(executable);
    return executable;
  }

  async createState(initial: ReadonlyMap<string, NDArray>): Promise<StateStore> {
    if (this.#disposed) throw new DisposedError('The backend');
    const state = new VariableState(this.runtime, initial);
    this.#states.add(state);
    state.whenDisposed(async () => void this.#states.delete(state));
    return state;
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const thing of [...this.#executables, ...this.#states]) await thing.dispose();
  }
}
