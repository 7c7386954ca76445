import { ArgumentError, constant, equal, type Optimizer, select, type Tensor } from '@delira/core';
import { addWeightDecay } from './addWeightDecay.js';
import { checkOption } from './checkOption.js';
import { dtypeOf, readSlot, scalarSlot, slotKey, slotsLike } from './slots.js';

export interface SgdOptions {
  /** Learning rate: the runtime hyper `lr`, this is its default. */
  readonly lr: number;
  /** Default 0: no buffer is kept. */
  readonly momentum?: number;
  /** Looks ahead along the momentum. Default false. */
  readonly nesterov?: boolean;
  /** L2 penalty added to the gradient. Default 0. */
  readonly weightDecay?: number;
  /** Weakens the gradient that enters the momentum, from the second step on. Default 0. */
  readonly dampening?: number;
}

/**
 * Stochastic gradient descent, equal to PyTorch's `torch.optim.SGD`: buffer = momentum · buffer + gradient;
 * param −= lr · buffer. State: `momentum.<parameter>`. Costs two passes over the parameters, one without momentum.
 *
 * @throws ArgumentError for an option out of range, or for Nesterov without momentum or with dampening.
 */
export function sgd(options: SgdOptions): Optimizer {
  const { lr, momentum = 0, nesterov = false, weightDecay = 0, dampening = 0 } = options;
  checkOption('sgd', 'lr', lr, { from: 0 });
  checkOption('sgd', 'momentum', momentum, { from: 0 });
  checkOption('sgd', 'weightDecay', weightDecay, { from: 0 });
  checkOption('sgd', 'dampening', dampening, { from: 0 });
  if (nesterov && (momentum === 0 || dampening !== 0))
    throw new ArgumentError('sgd: nesterov needs a momentum greater than 0 and a dampening of 0.');
  const damped = momentum > 0 && dampening > 0;
  return {
    hyper: { lr },
    init: (params) => ({
      ...(momentum === 0 ? {} : slotsLike('momentum', params)),
      ...(damped ? { started: scalarSlot(params) } : {}),
    }),
    update(gradients, state, { params, names, hyper }) {
      const descent = hyper('lr').cast(dtypeOf(params)).mul(-1);
      const next: Record<string, Tensor> = {};
      // PyTorch's buffer begins as the whole first gradient.
      const share = damped ? select(equal(state['started']!, 0), constant(1, dtypeOf(params)), 1 - dampening) : null;
      if (share !== null) next['started'] = constant(1, dtypeOf(params));
      const updates = gradients.map((given, index) => {
        const gradient = addWeightDecay(given, params[index]!, weightDecay);
        if (momentum === 0) return gradient.mul(descent);
        const name = names[index]!;
        const fresh = share === null ? gradient : gradient.mul(share);
        const buffer = readSlot(state, 'momentum', name).mul(momentum).add(fresh);
        next[slotKey('momentum', name)] = buffer;
        return (nesterov ? buffer.mul(momentum).add(gradient) : buffer).mul(descent);
      });
      return [updates, next];
    },
  };
}
