import type { Rng, Sample } from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { type ChannelOptions, type ChannelParameters, drawChannels, mapEachChannel } from '../entries/perChannel.js';
import { checkRange, drawUniform, type Range } from '../entries/Range.js';
import { clipToRange } from '../kernels/clip.js';
import { gather } from '../kernels/gather.js';
import { nearestTable, resizeChannels } from '../kernels/resizeChannels.js';

export interface SimulateLowResolutionOptions extends ChannelOptions {
  /** Of the share of voxels that are kept along each axis; default [0.5, 1]. */
  readonly zoom?: Range;
}

/**
 * Makes images smaller (nearest voxel) and as large as they were again (cubic spline), as nnU-Net uses batchgenerators'
 * `SimulateLowResolutionTransform`. Masks stay. float32.
 */
export class SimulateLowResolution extends Augmentation<ChannelParameters<number>> {
  readonly name = 'SimulateLowResolution';
  readonly options: SimulateLowResolutionOptions;

  /** @throws ArgumentError when the zooms are no range, or not positive. */
  constructor(options: SimulateLowResolutionOptions = {}) {
    super();
    this.options = options;
    checkRange(options.zoom ?? 1, 'zoom', 'positive');
  }

  override draw(sample: Sample, rng: Rng): ChannelParameters<number> {
    const { zoom = [0.5, 1] } = this.options;
    return drawChannels(sample, this.options, rng, (stream) => drawUniform(zoom, stream));
  }

  override apply(sample: Sample, parameters: ChannelParameters<number>): Sample {
    return mapEachChannel(sample, parameters, (source, target, zoom, spatial) => {
      const fewer = spatial.map((count) => Math.max(1, Math.round(count * zoom)));
      if (fewer.every((count, axis) => count === spatial[axis])) {
        target.set(source);
        return;
      }
      const image = { dtype: 'float32', shape: [1, ...spatial], data: source } as const;
      const tables = spatial.map((count, axis) => nearestTable(count, fewer[axis]!, 'edges'));
      const small = gather(image, tables, 0);
      const large = resizeChannels(small, spatial, { interpolation: 'cubic', align: 'edges', border: 'edge' });
      target.set(large.data);
      clipToRange(target, small.data as Float32Array, 1);
    });
  }
}
