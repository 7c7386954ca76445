import {
  type Backend,
  type BatchSignature,
  checkBatch,
  type Executable,
  type InputSpec,
  type NDArray,
  type Network,
  NotFoundError,
  type Program,
  type Sample,
  selectOutputs,
  type StateStore,
  type TensorsOf,
  TrainableSystem,
} from '@delira/core';
import type { PredictionModel } from './PredictionModel.js';

export interface NetworkModelOptions<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  readonly backend: Backend;
  readonly network: Network<B, P>;
  /** The network's variables: a trainer's state, or `backend.createState(…)` of a checkpoint's tensors. */
  readonly state: StateStore;
  /** Which of the batch's entries the images are; default `'data'`. */
  readonly input?: string;
  /** Which of the network's predictions is wanted; default `'pred'`. */
  readonly output?: string;
  /**
   * Traces the prediction Program; default: the network's `predict`. A trainer's `tracePredict` reads the moving averages that its
   * evaluation reads.
   */
  readonly trace?: (signature: BatchSignature) => Program;
  /** Runtime scalars that the network reads. */
  readonly hyper?: Readonly<Record<string, number>>;
  /** Seed of the noise of networks that draw some; default 0. */
  readonly seed?: number;
  /** How many compiled Programs are kept, one for each shape of batch; the one unused for longest goes. Default 4. */
  readonly programs?: number;
}

/**
 * A network on an engine, compiled for each shape of batch it meets.
 *
 * `predict` throws InputError for a batch that the network does not take, NotFoundError when there is no such output.
 */
export function networkModel<B extends TensorsOf<B>, P extends TensorsOf<P>>(
  options: NetworkModelOptions<B, P>,
): PredictionModel {
  const { backend, network, state, input = 'data', output = 'pred', hyper = {}, seed = 0, programs = 4 } = options;
  const system = new TrainableSystem(network);
  const trace = options.trace ?? ((signature: BatchSignature) => system.tracePredict(signature));
  const inputs = network.inputs as Readonly<Record<string, InputSpec>>;
  const compiled = new Map<string, Promise<Executable>>();

  const compile = (signature: BatchSignature): Promise<Executable> => {
    const program = trace(signature);
    if (!Object.hasOwn(program.outputs, output))
      throw new NotFoundError(
        `${program.name} has no output "${output}". It has: ${Object.keys(program.outputs).join(', ')}.`,
      );
    return backend.compile(selectOutputs(program, [output]));
  };
  const executableFor = async ({ shape, dtype }: NDArray): Promise<Executable> => {
    const key = `${dtype}[${shape.join()}]`;
    const executable = compiled.get(key) ?? compile({ [input]: { shape, dtype } });
    // Deleted and set again, it is the last of the map: the first is the one unused for longest.
    compiled.delete(key);
    compiled.set(key, executable);
    // A failed compilation must not be remembered: the next batch may be tried after a remedy.
    executable.catch(() => compiled.delete(key));
    await executable;
    const [oldest] = compiled;
    if (compiled.size > programs && oldest !== undefined) {
      compiled.delete(oldest[0]);
      await (await oldest[1]).dispose();
    }
    return executable;
  };
  return {
    async predict(array) {
      const batch: Sample = network.prepareBatch({ [input]: array });
      checkBatch(batch, inputs, [input]);
      const executable = await executableFor(batch[input]!);
      const [outputs] = await executable.run(state, [{ batch, hyper, seed: [seed, 0] }]);
      return outputs![output]!;
    },
    async dispose() {
      const executables = [...compiled.values()];
      compiled.clear();
      for (const executable of executables) await (await executable).dispose();
    },
  };
}
