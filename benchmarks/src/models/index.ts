import { dcgan } from './dcgan.js';
import { resnet18, resnet18Volumes } from './resnet18.js';
import type { Mode, TimedModel, TimedShape } from './TimedModel.js';
import { unet2d } from './unet2d.js';
import { unet3d } from './unet3d.js';
import { vgg3d } from './vgg3d.js';

/** Every network the benches know. A new one is a file beside this one, a row here and a row in `peers/peerModels.py`. */
export const models: Readonly<Record<string, TimedModel>> = {
  unet2d,
  unet3d,
  resnet18,
  'resnet18-3d': resnet18Volumes,
  vgg3d,
  dcgan,
};

/** @throws RangeError listing the models there are. */
export function modelNamed(name: string): TimedModel {
  const model = models[name];
  if (model === undefined)
    throw new RangeError(`There is no model ${name}; there are ${Object.keys(models).join(', ')}.`);
  return model;
}

/** Ours must not be slower, whatever is asked for. */
const ANY_SHAPE_LIMIT = 1;

/** The shape that was asked for, with the model's limit where it is one of its list; else the list's first. */
export function shapeWithLimit(model: TimedModel, mode: Mode, shape?: readonly number[]): TimedShape {
  const listed = model.shapes[mode];
  if (shape === undefined) return listed[0];
  return listed.find((one) => one.shape.join() === shape.join()) ?? { shape, limit: ANY_SHAPE_LIMIT };
}
