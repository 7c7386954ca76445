import type { ComparedModel } from './Comparison.js';
import { dcgan } from './dcgan.js';
import { resnet18, resnet18Volumes } from './resnet18.js';
import { unet2d } from './unet2d.js';
import { unet3d } from './unet3d.js';
import { vgg3d } from './vgg3d.js';

/** Every network that is compared with PyTorch. A new one is a file beside this one, a row here and its twin in `python/models`. */
export const models: readonly ComparedModel[] = [resnet18, resnet18Volumes, vgg3d, unet2d, unet3d, dcgan];
