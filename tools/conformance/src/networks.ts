import { type Comparison, models, resnet18On, vgg3dOn } from '@delira/interop/models';

/** A network in one configuration. */
export interface Network {
  /** What `--model` calls it. */
  readonly model: string;
  /** Whether every engine, a GPU in software included, takes its steps in a minute or two; there is one such for each model. */
  readonly small: boolean;
  readonly comparison: Comparison;
}

/** All layers of the networks whose configurations for the reference are too much for the slowest engines, with few filters. */
const narrow: Readonly<Record<string, Comparison>> = {
  resnet18: { ...resnet18On([16, 1, 28, 28], { features: 8 }), label: 'resnet18, 8 filters [16, 1, 28, 28]' },
  'resnet18-3d': {
    ...resnet18On([8, 1, 8, 20, 20], { spatialDims: 3, features: 4 }),
    label: 'resnet18-3d, 4 filters [8, 1, 8, 20, 20]',
  },
  vgg3d: vgg3dOn(', 2 filters', [2, 1, 27, 43, 43], { features: 2, hidden: [64, 16] }),
};

/** Every network in every configuration that the reference, an interpreter, can compute; in this order in all processes. */
export const networks: readonly Network[] = models.flatMap(({ name, reference }) => {
  const own = narrow[name];
  const configurations = own === undefined ? reference : [own, ...reference];
  return configurations.map((comparison, index) => ({ model: name, small: index === 0, comparison }));
});
