import { type Optimizer, type Slot, type Tensor } from '@delira/core';
import { checkOption } from './checkOption.js';
import { mergeEntries, pickEntries } from './mergeEntries.js';
import { readSlot, slotKey } from './slots.js';
import { type AccumulatingOptimizer, stepsPerUpdate } from './stepsPerUpdate.js';

/**
 * Keeps an exponential moving average of the parameters beside them: average ← decay · average + (1 − decay) · param after each step.
 * It starts as a copy of the initial parameters and lives in the state entry `ema.<parameter>`; buffers are not averaged. Evaluate
 * with it through `emaReads`. Under accumulation write `accumulate(ema(adam(), 0.999), 4)`, so that the average moves once per update.
 *
 * @throws ArgumentError unless `decay` lies in [0, 1).
 */
export function ema(inner: Optimizer, decay: number): AccumulatingOptimizer {
  checkOption('ema', 'decay', decay, { from: 0, below: 1 });
  return {
    hyper: inner.hyper,
    stepsPerUpdate: stepsPerUpdate(inner),
    init: (params) =>
      mergeEntries<Slot>('ema', 'state entry', [
        inner.init(params),
        Object.fromEntries(
          params.map(({ name, shape, dtype }) => [slotKey('ema', name), { shape, dtype, copyOf: name }]),
        ),
      ]),
    update(gradients, state, context) {
      const { names, params } = context;
      const own = new Set(names.map((name) => slotKey('ema', name)));
      const innerState = pickEntries(
        state,
        Object.keys(state).filter((key) => !own.has(key)),
      );
      const [updates, after] = inner.update(gradients, innerState, context);
      const next: Record<string, Tensor> = { ...after };
      updates.forEach((update, index) => {
        const average = readSlot(state, 'ema', names[index]!);
        next[slotKey('ema', names[index]!)] = params[index]!.add(update)
          .sub(average)
          .mul(1 - decay)
          .add(average);
      });
      return [updates, next];
    },
  };
}
