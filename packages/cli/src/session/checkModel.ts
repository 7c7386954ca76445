import { ArgumentError } from '@delira/core';
import { ClassificationNetwork } from '@delira/models-classification';
import { DCGAN } from '@delira/models-gan';
import { SegmentationNetwork } from '@delira/models-segmentation';
import type { DataSource } from '../data/DataSource.js';
import type { AnyNetwork, DataFacts } from '../registries/Registries.js';

/**
 * Refuses a network that cannot learn this data, before the data is loaded. One of the user's own is not judged: it may make of a batch what it
 * likes.
 *
 * @throws ArgumentError saying which would do.
 */
export function checkModel(network: AnyNetwork, task: DataSource['task'], { rank, channels }: DataFacts): void {
  const of: unknown = network;
  const classifies = of instanceof ClassificationNetwork;
  const segments = of instanceof SegmentationNetwork;
  if (!classifies && !segments && !(of instanceof DCGAN)) return;
  const { name } = network.constructor;
  const [inChannels, ...spatial] = network.inputs['data']!.shape;
  if (spatial.length !== rank)
    throw new ArgumentError(
      `model: ${name} is one for images of ${spatial.length} axes, but those of the dataset have ${rank}. ${suitable(task, rank)}`,
    );
  if (classifies !== (task === 'classification') && (classifies || segments))
    throw new ArgumentError(
      `model: ${name} gives a class for each ${classifies ? 'image' : 'voxel'}, but the dataset has one for each ${classifies ? 'voxel' : 'image'}. ${suitable(task, rank)}`,
    );
  if (inChannels !== null && inChannels !== channels)
    throw new ArgumentError(
      `model: ${name} is one for images of ${inChannels} channels, but those of the dataset have ${channels}. Leave the option inChannels out.`,
    );
}

function suitable(task: DataSource['task'], rank: 2 | 3): string {
  if (task === 'segmentation') return `Use UNet${rank}d.`;
  return rank === 2 ? 'Use ResNet18.' : 'Use ResNet18 or VGG3D.';
}
