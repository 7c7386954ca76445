import type { Tensor } from '@tensorflow/tfjs-core';
import type { Lowering, NoAttrs } from '@delira/core';
import type { Kernels } from '../engines/Kernels.js';
import { Value } from '../Value.js';
import { heldAs } from './heldAs.js';
import type { Lower } from './Lower.js';

type Map<A> = (kernels: Kernels, x: Tensor, attrs: A) => Tensor;

/** Elements one by one: the layout does not matter. */
const lower =
  <A>(map: Map<A>): Lowering<A, Value> =>
  ([x], attrs) => {
    const { source } = x!;
    const { kernels, layout } = source;
    const value = new Value(kernels, source.shape, map(kernels, source.any, attrs), layout);
    return [source === x ? value : Value.repeating(value, x!.shape)];
  };

const kernel = (name: string, options: object = {}): Lowering<NoAttrs, Value> =>
  lower((kernels, x) => kernels.run(name, { x }, options));

export const neg = kernel('Neg');
export const exp = kernel('Exp');
export const log = kernel('Log');
export const sqrt = kernel('Sqrt');
export const abs = kernel('Abs');
export const tanh = kernel('Tanh');
export const sigmoid = kernel('Sigmoid');
export const erf = kernel('Erf');
export const floor = kernel('Floor');
export const relu = kernel('Relu');

/** 1 where x > 0, else alpha. The kernel `Step` would give NaN for NaN. */
function step(kernels: Kernels, x: Tensor, alpha: number): Tensor {
  const { xnnpack, clipDropsNan } = kernels.traits;
  const ordered =
    xnnpack && clipDropsNan
      ? kernels.run('ClipByValue', { x }, { clipValueMin: 0, clipValueMax: 1 })
      : kernels.cast(kernels.binary('Greater', x, kernels.scalar(0)), 'float32');
  return kernels.run('Step', { x: ordered }, { alpha });
}

export const positive = lower((kernels, x) => step(kernels, x, 0));
export const leakyStep: Lower<'leakyStep'> = lower((kernels, x, { slope }) => step(kernels, x, slope));
export const leakyRelu: Lower<'leakyRelu'> = lower((kernels, x, { slope }) => {
  if (!kernels.traits.xnnpack) return kernels.run('LeakyRelu', { x }, { alpha: slope });
  const below = kernels.run('Relu', { x: kernels.run('Neg', { x }) });
  return kernels.sub(kernels.run('Relu', { x }), kernels.mul(below, kernels.scalar(slope)));
});
export const stopGradient: Lower<'stopGradient'> = ([x]) => [x!.clone()];

export const cast: Lower<'cast'> = ([x], { dtype }) => {
  const { kernels, shape, layout, any } = x!;
  const held = heldAs(dtype);
  // Engines keep the lowest byte.
  const converted =
    held === 'bool' && any.dtype !== 'bool'
      ? kernels.binary('NotEqual', any, kernels.scalar(0, any.dtype as 'float32' | 'int32'))
      : kernels.cast(any, held);
  return [new Value(kernels, shape, converted, layout)];
};
