import { maximum, type Optimizer, type Tensor } from '@delira/core';
import { addWeightDecay } from './addWeightDecay.js';
import { checkOption } from './checkOption.js';
import { rateDivisor } from './rateDivisor.js';
import { dtypeOf, readSlot, slotKey, slotsLike } from './slots.js';

export interface RmsPropOptions {
  /** Learning rate: the runtime hyper `lr`, this is its default. Default 0.01. */
  readonly lr?: number;
  /** Decay of the averaged squared gradient. Default 0.99. */
  readonly alpha?: number;
  /** Added to the root of the average; greater than 0. Default 1e-8. */
  readonly epsilon?: number;
  /** L2 penalty added to the gradient. Default 0. */
  readonly weightDecay?: number;
  /** Default 0: no buffer is kept. */
  readonly momentum?: number;
  /** Divides by the standard deviation of the gradient instead of its root mean square. Default false. */
  readonly centered?: boolean;
}

/**
 * RMSprop (Hinton), equal to PyTorch's `torch.optim.RMSprop`. Averages are kept as decayed sums, without the factor (1 − α):
 * `squareAvg.<parameter>` is PyTorch's `square_avg / (1 − α)`, `gradAvg.<parameter>` (centered only) its `grad_avg / (1 − α)`;
 * `momentum.<parameter>` is its `momentum_buffer`. Costs six passes over the parameters, plus one with momentum, two if centered.
 *
 * @throws ArgumentError for an option out of range.
 */
export function rmsProp(options: RmsPropOptions = {}): Optimizer {
  const { lr = 0.01, alpha = 0.99, epsilon = 1e-8, weightDecay = 0, momentum = 0, centered = false } = options;
  checkOption('rmsProp', 'lr', lr, { from: 0 });
  checkOption('rmsProp', 'alpha', alpha, { from: 0, below: 1 });
  checkOption('rmsProp', 'epsilon', epsilon, { from: 0, exclusive: true });
  checkOption('rmsProp', 'weightDecay', weightDecay, { from: 0 });
  checkOption('rmsProp', 'momentum', momentum, { from: 0 });
  const rootScale = Math.sqrt(1 - alpha);
  return {
    hyper: { lr },
    init: (params) => ({
      ...slotsLike('squareAvg', params),
      ...(centered ? slotsLike('gradAvg', params) : {}),
      ...(momentum === 0 ? {} : slotsLike('momentum', params)),
    }),
    update(gradients, state, { params, names, hyper }) {
      const rate = hyper('lr').cast(dtypeOf(params));
      const divisor = rateDivisor({ lr: rate, rootScale, epsilon });
      const next: Record<string, Tensor> = {};
      const updates = gradients.map((given, index) => {
        const name = names[index]!;
        const gradient = addWeightDecay(given, params[index]!, weightDecay);
        const square = readSlot(state, 'squareAvg', name).mul(alpha).add(gradient.mul(gradient));
        next[slotKey('squareAvg', name)] = square;
        let spread = square;
        if (centered) {
          const average = readSlot(state, 'gradAvg', name).mul(alpha).add(gradient);
          next[slotKey('gradAvg', name)] = average;
          // Rounding may make the variance of a constant gradient slightly negative.
          spread = maximum(
            average
              .mul(average)
              .mul(alpha - 1)
              .add(square),
            0,
          );
        }
        if (momentum === 0) return gradient.div(spread.sqrt().mul(divisor.scale).add(divisor.offset));
        const step = gradient.div(spread.sqrt().mul(rootScale).add(epsilon));
        const buffer = readSlot(state, 'momentum', name).mul(momentum).add(step);
        next[slotKey('momentum', name)] = buffer;
        return buffer.mul(rate.mul(-1));
      });
      return [updates, next];
    },
  };
}
