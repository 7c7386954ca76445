import { type Comparison, models, resnet18On } from '@delira/interop/models';

/** A network in one configuration. */
export interface Network {
  /** What `--model` calls it. */
  readonly model: string;
  /** Whether every engine, a software GPU included, takes its steps within a minute or so; there is one such for each model. */
  readonly small: boolean;
  readonly comparison: Comparison;
}

/** All 18 layers, with an eighth of the filters. */
const narrowResnet18: Comparison = {
  ...resnet18On([16, 1, 28, 28], { features: 8 }),
  label: 'resnet18, 8 filters [16, 1, 28, 28]',
};

/** Every network in every configuration that the reference, an interpreter, can compute; in this order in all processes. */
export const networks: readonly Network[] = models.flatMap(({ name, reference }) => {
  const configurations = name === 'resnet18' ? [narrowResnet18, ...reference] : reference;
  return configurations.map((comparison, index) => ({ model: name, small: index === 0, comparison }));
});
