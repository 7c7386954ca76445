import { schema } from '@delira/parameters';
import { ResNet18, VGG3D } from '@delira/models-classification';
import { DCGAN } from '@delira/models-gan';
import { UNet2d, UNet3d } from '@delira/models-segmentation';
import { factory } from './Factory.js';
import type { AnyNetwork, Registries } from './Registries.js';

const { boolean, integer, list, number, object, optional, string } = schema;

const size = { inChannels: optional(integer({ minimum: 1 })), numClasses: optional(integer({ minimum: 1 })) };

const uNet = object({
  ...size,
  depth: optional(integer({ minimum: 1 })),
  startFilters: optional(integer({ minimum: 1 })),
  upMode: optional(string({ choices: ['transpose', 'upsample'] })),
  mergeMode: optional(string({ choices: ['concat', 'add'] })),
  norm: optional(string({ choices: ['none', 'batch', 'instance', 'group'] })),
  normGroups: optional(integer({ minimum: 1 })),
  bias: optional(boolean()),
  deepSupervision: optional(boolean()),
  ignoreIndex: optional(integer()),
});

/** The networks; channels and classes are the dataset's, unless the options say otherwise. */
export function addNetworks(networks: Registries['networks']): void {
  networks
    .register(
      'ResNet18',
      factory(
        object({ ...size, features: optional(integer({ minimum: 1 })) }),
        (options, { channels, classes, rank }) =>
          widen(new ResNet18({ inChannels: channels, numClasses: classes.length, spatialDims: rank, ...options })),
      ),
    )
    .register(
      'VGG3D',
      factory(
        object({
          ...size,
          features: optional(integer({ minimum: 1 })),
          pooledSize: optional(list(integer({ minimum: 1 }))),
          hidden: optional(list(integer({ minimum: 1 }))),
          dropout: optional(list(number({ minimum: 0, maximum: 1 }))),
        }),
        (options, { channels, classes }) =>
          widen(
            new VGG3D({
              inChannels: channels,
              numClasses: classes.length,
              ...(options as ConstructorParameters<typeof VGG3D>[0]),
            }),
          ),
      ),
    )
    .register(
      'UNet2d',
      factory(uNet, (options, { channels, classes }) =>
        widen(new UNet2d({ inChannels: channels, numClasses: classes.length, ...options })),
      ),
    )
    .register(
      'UNet3d',
      factory(uNet, (options, { channels, classes }) =>
        widen(new UNet3d({ inChannels: channels, numClasses: classes.length, ...options })),
      ),
    )
    .register(
      'DCGAN',
      factory(
        object({
          inChannels: size.inChannels,
          noiseLength: optional(integer({ minimum: 1 })),
          features: optional(integer({ minimum: 1 })),
          imageSize: optional(integer({ minimum: 8 })),
          initialization: optional(string({ choices: ['dcgan', 'default'] })),
        }),
        (options, { channels }) => widen(new DCGAN({ inChannels: channels, ...options })),
      ),
    );
}

/** A network of named entries as one of any. */
function widen(network: object): AnyNetwork {
  return network as AnyNetwork;
}
