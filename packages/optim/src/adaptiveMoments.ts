import { constant, type Optimizer, type Tensor } from '@delira/core';
import { checkOption } from './checkOption.js';
import { rateDivisor } from './rateDivisor.js';
import { dtypeOf, readSlot, scalarSlot, slotKey, slotsLike } from './slots.js';

export interface AdaptiveMomentsOptions {
  /** Learning rate: the runtime hyper `lr`, this is its default. Default 1e-3. */
  readonly lr?: number;
  /** Decay of the averaged gradient. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the averaged squared gradient. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the averaged squared gradient; greater than 0. Default 1e-8. */
  readonly epsilon?: number;
  /** Default: the optimizer's own. */
  readonly weightDecay?: number;
}

/** Where the weight decay of Adam and AdamW enters. */
export interface WeightDecayRule {
  gradient(gradient: Tensor, param: Tensor, weightDecay: number): Tensor;
  update(update: Tensor, param: Tensor, lr: Tensor): Tensor;
}

/**
 * What Adam and AdamW share. Averages are kept as decayed sums, without the factor (1 − β), because that factor would cost a pass of
 * its own over every tensor:
 *
 * - `expAvg.<parameter>`: m ← β₁ · m + g, PyTorch's `exp_avg / (1 − β₁)`
 * - `expAvgSq.<parameter>`: v ← β₂ · v + g², PyTorch's `exp_avg_sq / (1 − β₂)`
 * - `expAvgWeight`, `expAvgSqWeight`: w ← β · w + 1, the sum of the weights: (1 − βᵗ) / (1 − β). Built up by addition, it does not lose
 *   digits to cancellation as 1 − βᵗ does in float32.
 *
 * m / w₁ and √(v / w₂) are then the bias-corrected averages, and the update −lr · (m / w₁) / (√(v / w₂) + ε) is one division
 * m / (√v · a + b) with two scalars.
 */
export function adaptiveMoments(owner: string, options: AdaptiveMomentsOptions, decay: WeightDecayRule): Optimizer {
  const { lr = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  checkOption(owner, 'lr', lr, { from: 0 });
  checkOption(owner, 'beta1', beta1, { from: 0, below: 1 });
  checkOption(owner, 'beta2', beta2, { from: 0, below: 1 });
  checkOption(owner, 'epsilon', epsilon, { from: 0, exclusive: true });
  checkOption(owner, 'weightDecay', weightDecay, { from: 0 });
  return {
    hyper: { lr },
    init: (params) => ({
      ...slotsLike('expAvg', params),
      ...slotsLike('expAvgSq', params),
      expAvgWeight: scalarSlot(params),
      expAvgSqWeight: scalarSlot(params),
    }),
    update(gradients, state, { params, names, hyper }) {
      const rate = hyper('lr').cast(dtypeOf(params));
      const weight = state['expAvgWeight']!.mul(beta1).add(1);
      const squareWeight = state['expAvgSqWeight']!.mul(beta2).add(1);
      const { scale, offset } = rateDivisor({
        lr: rate.div(weight),
        rootScale: constant(1, squareWeight.dtype).div(squareWeight.sqrt()),
        epsilon,
      });
      const next: Record<string, Tensor> = { expAvgWeight: weight, expAvgSqWeight: squareWeight };
      const updates = gradients.map((given, index) => {
        const [param, name] = [params[index]!, names[index]!];
        const gradient = decay.gradient(given, param, weightDecay);
        const average = readSlot(state, 'expAvg', name).mul(beta1).add(gradient);
        const square = readSlot(state, 'expAvgSq', name).mul(beta2).add(gradient.mul(gradient));
        next[slotKey('expAvg', name)] = average;
        next[slotKey('expAvgSq', name)] = square;
        return decay.update(average.div(square.sqrt().mul(scale).add(offset)), param, rate);
      });
      return [updates, next];
    },
  };
}
