import { schema } from '@delira/parameters';
import { ArgumentError } from '@delira/core';
import {
  constantSchedule,
  CosineAnnealingLR,
  ExponentialLR,
  MultiStepLR,
  OneCycleLR,
  perEpoch,
  PolyLR,
  type Schedule,
  StepLR,
  warmupSchedule,
} from '@delira/optim';
import { factory, type Factory } from './Factory.js';
import type { Registries, ScheduleFacts } from './Registries.js';

const { integer, list, number, object, optional, string } = schema;

/** Of every schedule. */
const common = {
  initial: optional(number({ minimum: 0 })),
  per: string({ choices: ['epoch', 'update'], default: 'epoch' }),
  warmup: optional(integer({ minimum: 0 })),
};
type Common = Readonly<{ initial?: number; per: 'epoch' | 'update'; warmup?: number }>;

const gamma = optional(number({ minimum: 0 }));
const count = optional(integer({ minimum: 1 }));

/** Schedules that count epochs unless `per: update` says otherwise, begin with the optimizer's `lr` and last as long as the training. */
export function addSchedules(schedules: Registries['schedules']): void {
  schedules
    .register(
      'Constant',
      counted(object(common), (_, { initial }) => constantSchedule(initial)),
    )
    .register(
      'StepLR',
      counted(object({ ...common, stepSize: integer({ minimum: 1 }), gamma }), (options, { initial }) =>
        StepLR({ ...picked(options), stepSize: options.stepSize, initial }),
      ),
    )
    .register(
      'MultiStepLR',
      counted(object({ ...common, milestones: list(integer({ minimum: 1 })), gamma }), (options, { initial }) =>
        MultiStepLR({ ...picked(options), milestones: options.milestones, initial }),
      ),
    )
    .register(
      'ExponentialLR',
      counted(object({ ...common, gamma: number({ minimum: 0 }) }), (options, { initial }) =>
        ExponentialLR({ gamma: options.gamma, initial }),
      ),
    )
    .register(
      'CosineAnnealingLR',
      counted(object({ ...common, tMax: count, etaMin: optional(number()) }), ({ tMax, etaMin }, { initial, total }) =>
        CosineAnnealingLR({ initial, tMax: tMax ?? total('tMax'), ...(etaMin === undefined ? {} : { etaMin }) }),
      ),
    )
    .register(
      'PolyLR',
      counted(
        object({ ...common, maxSteps: count, exponent: optional(number()) }),
        ({ maxSteps, exponent }, { initial, total }) =>
          PolyLR({
            initial,
            maxSteps: maxSteps ?? total('maxSteps'),
            ...(exponent === undefined ? {} : { exponent }),
          }),
      ),
    )
    .register(
      'OneCycleLR',
      counted(
        object({
          ...common,
          maxLR: optional(number({ minimum: 0 })),
          totalSteps: count,
          pctStart: optional(number({ minimum: 0, maximum: 1 })),
          divFactor: optional(number()),
          finalDivFactor: optional(number()),
        }),
        ({ maxLR, totalSteps, pctStart, divFactor, finalDivFactor }, { initial, total }) =>
          OneCycleLR({
            maxLR: maxLR ?? initial,
            totalSteps: totalSteps ?? total('totalSteps'),
            ...(pctStart === undefined ? {} : { pctStart }),
            ...(divFactor === undefined ? {} : { divFactor }),
            ...(finalDivFactor === undefined ? {} : { finalDivFactor }),
          }),
      ),
    );
}

function picked({ gamma: factor }: { readonly gamma?: number }): { readonly gamma?: number } {
  return factor === undefined ? {} : { gamma: factor };
}

interface Known {
  readonly initial: number;
  /** Length of the training. @throws ArgumentError when updates are counted, which depend on the data. */
  readonly total: (option: string) => number;
}

function counted<O extends Common>(
  options: Parameters<typeof factory<Schedule, O, ScheduleFacts>>[0],
  create: (options: O, known: Known) => Schedule,
): Factory<Schedule, ScheduleFacts> {
  return factory(options, (given: O, { epochs, initial }: ScheduleFacts) => {
    const first = given.initial ?? initial;
    if (first === null)
      throw new ArgumentError('initial is missing: the optimizer has no hyper of this name to begin with.');
    const warmup = given.warmup ?? 0;
    const total = (option: string): number => {
      if (given.per === 'epoch') return Math.max(1, epochs - warmup);
      throw new ArgumentError(`${option} is missing: with per: update, say how many updates there are.`);
    };
    const schedule = create(given, { initial: first, total });
    const warm = warmup === 0 ? schedule : warmupSchedule({ steps: warmup, then: schedule });
    return given.per === 'epoch' ? perEpoch(warm) : warm;
  });
}
