import type { Json } from '@delira/core';
import { createComponent, createComponents, schema, type Schema } from '@delira/parameters';
import {
  type Augmentation,
  Brightness,
  CenterCrop,
  Compose,
  Contrast,
  Gamma,
  GaussianBlur,
  GaussianNoise,
  MeanStdNormalization,
  MinMaxNormalization,
  Mirror,
  OneHot,
  OneOf,
  Pad,
  PercentileClip,
  RandomApply,
  RandomCrop,
  RandomForegroundCrop,
  Resize,
  SimulateLowResolution,
  SpatialTransform,
  ZScoreNormalization,
} from '@delira/transforms';
import { factory, type Factory, withFacts } from './Factory.js';
import { numbers, requiredNumbers } from './fields.js';
import type { DataFacts, Registries } from './Registries.js';

const { anything, boolean, integer, list, number, object, optional, string } = schema;

const image = { image: optional(list(string())) };
const entries = { ...image, mask: optional(list(string())) };
const channels = { ...image, perChannel: optional(boolean()) };
const fill = { fill: optional(number()), maskFill: optional(integer()) };
const probability = optional(number({ minimum: 0, maximum: 1 }));
const interpolation = optional(string({ choices: ['nearest', 'linear', 'cubic'] }));

/** The transforms. Those of intensities take `probability`, which `RandomApply` gives them. */
export function addTransforms(transforms: Registries['transforms']): void {
  const sometimes = <O extends object>(options: Schema<O>, create: new (options: never) => Augmentation) =>
    factory<Augmentation, O & { readonly probability?: number }, DataFacts>(options, ({ probability: p, ...given }) => {
      const made = new create(given as never);
      return p === undefined ? made : new RandomApply(made, { probability: p });
    });
  const always = <O extends object>(
    options: Schema<O>,
    create: new (options: never) => Augmentation,
  ): Factory<Augmentation, DataFacts> => factory(options, (given) => new create(given as never));

  transforms
    .register(
      'Mirror',
      always(object({ ...entries, axes: optional(list(integer({ minimum: 0 }))), probability }), Mirror),
    )
    .register('CenterCrop', always(object({ ...entries, ...fill, size: requiredNumbers() }), CenterCrop))
    .register(
      'RandomCrop',
      always(object({ ...entries, ...fill, size: requiredNumbers(), margin: numbers() }), RandomCrop),
    )
    .register(
      'RandomForegroundCrop',
      always(
        object({
          ...entries,
          ...fill,
          size: requiredNumbers(),
          probability,
          classes: optional(list(integer())),
          foreground: optional(string()),
        }),
        RandomForegroundCrop,
      ),
    )
    .register(
      'Pad',
      always(
        object({
          ...entries,
          ...fill,
          size: numbers(),
          divisibleBy: numbers(),
          mode: optional(string({ choices: ['constant', 'edge', 'reflect'] })),
        }),
        Pad,
      ),
    )
    .register(
      'Resize',
      always(
        object({
          ...entries,
          size: requiredNumbers(),
          interpolation,
          maskInterpolation: optional(string({ choices: ['nearest', 'linear'] })),
        }),
        Resize,
      ),
    )
    .register(
      'SpatialTransform',
      always(
        object({
          ...entries,
          ...fill,
          rotation: numbers(),
          rotationProbability: probability,
          scale: numbers(),
          scaleProbability: probability,
          scalePerAxis: optional(boolean()),
          translation: numbers(),
          elastic: optional(object({ maximumDisplacement: number(), controlPoints: optional(integer()), probability })),
          size: numbers(),
          interpolation: optional(string({ choices: ['linear', 'cubic'] })),
          border: optional(string({ choices: ['fill', 'edge'] })),
        }),
        SpatialTransform,
      ),
    )
    .register(
      'Brightness',
      sometimes(object({ ...channels, multiplicative: numbers(), additive: numbers(), probability }), Brightness),
    )
    .register(
      'Contrast',
      sometimes(object({ ...channels, range: numbers(), preserveRange: optional(boolean()), probability }), Contrast),
    )
    .register(
      'Gamma',
      sometimes(
        object({
          ...channels,
          range: numbers(),
          invert: optional(boolean()),
          retainStatistics: optional(boolean()),
          probability,
        }),
        Gamma,
      ),
    )
    .register(
      'GaussianBlur',
      sometimes(
        object({ ...channels, sigma: numbers(), sigmaPerAxis: optional(boolean()), probability }),
        GaussianBlur,
      ),
    )
    .register('GaussianNoise', sometimes(object({ ...channels, std: numbers(), probability }), GaussianNoise))
    .register(
      'SimulateLowResolution',
      sometimes(object({ ...channels, zoom: numbers(), probability }), SimulateLowResolution),
    )
    .register(
      'MeanStdNormalization',
      always(object({ ...image, mean: requiredNumbers(), std: requiredNumbers() }), MeanStdNormalization),
    )
    .register('MinMaxNormalization', always(object({ ...channels, range: numbers() }), MinMaxNormalization))
    .register(
      'PercentileClip',
      always(object({ ...channels, lower: optional(number()), upper: optional(number()) }), PercentileClip),
    )
    .register(
      'ZScoreNormalization',
      always(object({ ...channels, nonzero: optional(boolean()) }), ZScoreNormalization),
    );
  addComposites(transforms);
}

/** Those made of others, whose descriptions are among their options. */
function addComposites(transforms: Registries['transforms']): void {
  const several = (given: readonly Json[], facts: DataFacts, path: string): readonly Augmentation[] =>
    createComponents(withFacts(transforms, facts), given, `${path}.transforms`);
  const inner = { transforms: list(anything()) };
  transforms
    .register(
      'OneOf',
      factory(
        object({ ...inner, weights: optional(list(number({ minimum: 0 }))) }),
        ({ transforms: given, ...options }, facts: DataFacts, path) => new OneOf(several(given, facts, path), options),
      ),
    )
    .register(
      'Compose',
      factory(
        object(inner),
        (options, facts: DataFacts, path) => new Compose(several(options.transforms, facts, path)),
      ),
    )
    .register(
      'RandomApply',
      factory(
        object({ transform: anything(), probability }),
        ({ transform, ...options }, facts: DataFacts, path) =>
          new RandomApply(createComponent(withFacts(transforms, facts), transform, `${path}.transform`), options),
      ),
    )
    .register(
      'OneHot',
      factory(
        object({
          ...entries,
          classes: numbers(),
          others: optional(string({ choices: ['error', 'zeros'] })),
        }),
        ({ classes, ...options }, facts: DataFacts) =>
          new OneHot({ ...options, classes: classes ?? facts.classes.length }),
      ),
    );
}
