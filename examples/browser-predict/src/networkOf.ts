import { type Json, type NDArray, Registry, TrainableSystem } from '@delira/core';
import { CLASS_NAMES } from '@delira/brain-atlas';
import { loadCheckpoint } from '@delira/io';
import { UNet2d, type UNetOptions } from '@delira/models-segmentation';

/** What a checkpoint may say its network is. */
const networks = new Registry<(config: Json) => UNet2d>('network').register(
  'UNet2d',
  (config) => new UNet2d(config as unknown as UNetOptions),
);

export interface Weights {
  readonly network: UNet2d;
  readonly variables: ReadonlyMap<string, NDArray>;
}

/** The network of a checkpoint, built again from what the checkpoint says of it. */
export async function networkOf(checkpoint: string): Promise<Weights> {
  const { tensors, meta } = await loadCheckpoint(checkpoint);
  const { network } = meta as unknown as { readonly network: { readonly type: string; readonly config: Json } };
  return { network: networks.get(network.type)(network.config), variables: tensors };
}

/** A small network that has learnt nothing. */
export function untrained(): Weights {
  const network = new UNet2d({
    inChannels: 1,
    numClasses: CLASS_NAMES.length,
    depth: 3,
    startFilters: 8,
    norm: 'batch',
  });
  return { network, variables: new TrainableSystem(network).initialState(0) };
}
