import { createReferenceBackend } from '@delira/backend-reference';
import {
  asTensor,
  createRng,
  gradients,
  type Module,
  namedVariables,
  type NDArray,
  type Sample,
  type Tensor,
  trace,
} from '@delira/core';

export interface LayerRun {
  readonly output: NDArray;
  /** Gradients of sum(output · weightOfOutput): `input<index>` and each parameter's name. */
  readonly gradients: Readonly<Record<string, NDArray>>;
  /** All variables after the run. */
  readonly state: ReadonlyMap<string, NDArray>;
}

export interface LayerRunOptions {
  readonly inputs: readonly NDArray[];
  /** Default: what the layer's own initialisers draw. */
  readonly state?: ReadonlyMap<string, NDArray>;
  /** Without it there are no gradients. */
  readonly weightOfOutput?: NDArray;
  /** Default true. */
  readonly training?: boolean;
  readonly seed?: readonly [number, number];
}

/** First values of a module's variables. */
export function initialState(module: Module, seed = 0): Map<string, NDArray> {
  const root = createRng(seed);
  return new Map(
    [...namedVariables(module)].map(([name, { initialize, aval }]) => [name, initialize(root.fork(name), aval.shape)]),
  );
}

/** Runs one layer forwards, and backwards where asked, on the reference backend: in float64. */
export async function runLayer(
  module: Module,
  forward: (...inputs: Tensor[]) => Tensor,
  { inputs, state = new Map(), weightOfOutput, training = true, seed = [0, 0] }: LayerRunOptions,
): Promise<LayerRun> {
  const variables = namedVariables(module);
  const program = trace(
    (recording) => {
      // Parameters are float32 in the Program; the reference computes in float64 whatever it says.
      const tensors = inputs.map(({ shape, dtype }, index) => {
        const feed = recording.feed(`input${index}`, { shape, dtype });
        return dtype === 'float64' ? feed.cast('float32') : feed;
      });
      const output = forward(...tensors);
      if (weightOfOutput === undefined) return { output };
      const sources: Record<string, Tensor> = {};
      tensors.forEach((tensor, index) => {
        if (tensor.dtype === 'float32') sources[`input${index}`] = tensor;
      });
      for (const [name, variable] of variables) if (variable.kind === 'param') sources[name] = recording.read(variable);
      const scalar = output.mul(asTensor(weightOfOutput).cast('float32')).sum();
      const found = gradients(scalar, Object.values(sources));
      return {
        output,
        ...Object.fromEntries(Object.keys(sources).map((name, index) => [`gradient ${name}`, found[index]!])),
      };
    },
    { training, names: new Map([...variables].map(([name, variable]) => [variable, name])) },
  );
  const backend = createReferenceBackend();
  const executable = await backend.compile(program);
  const store = await backend.createState(new Map([...initialState(module), ...state]));
  const batch: Sample = Object.fromEntries(inputs.map((array, index) => [`input${index}`, array]));
  const [outputs] = await executable.run(store, [{ batch, seed }]);
  const after = await store.read();
  await backend.dispose();
  const { output, ...others } = outputs!;
  const named = Object.entries(others).map(([name, array]) => [name.replace('gradient ', ''), array] as const);
  return { output: output!, gradients: Object.fromEntries(named), state: after };
}
