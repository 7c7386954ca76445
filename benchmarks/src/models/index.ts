import { resnet18 } from './resnet18.js';
import type { TimedModel } from './TimedModel.js';

/** Every network the benches know. A new one is a file beside this one, a row here and a row in `peers/peerModels.py`. */
export const models: Readonly<Record<string, TimedModel>> = { resnet18 };

/** @throws RangeError listing the models there are. */
export function modelNamed(name: string): TimedModel {
  const model = models[name];
  if (model === undefined)
    throw new RangeError(`There is no model ${name}; there are ${Object.keys(models).join(', ')}.`);
  return model;
}
