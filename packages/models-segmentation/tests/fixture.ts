import { ndarray, type Sample, sizeOf, type Tensor } from '@delira/core';
import { type FormulaArray, loadFixture, type Probe, unitHash } from '@delira/testkit';
import { UNet2d, UNet3d, type UNetConfig } from '../src/index.js';

export interface UNetCase {
  readonly name: string;
  readonly spatialRank: 2 | 3;
  readonly options: Pick<UNetConfig, 'numClasses' | 'inChannels'> & Partial<UNetConfig>;
  /** [N, ...spatial] */
  readonly shape: readonly number[];
  readonly parameters: readonly FormulaArray[];
  readonly loss: number;
  /** Logits of each supervised resolution, the full one first. */
  readonly levels: readonly { readonly shape: readonly number[]; readonly probe: Probe }[];
  readonly gradients: Readonly<Record<string, Probe>>;
}

/** What PyTorch computed with U-Nets of the same structure, in float64. */
export const fixture = loadFixture<{
  readonly dataSalt: number;
  readonly labelSalt: number;
  readonly cases: readonly UNetCase[];
}>(import.meta.url, 'unet');

/** Takes float64 images, so that the reference backend sees them unrounded. */
class WideUNet2d extends UNet2d {
  protected override levels(data: Tensor): readonly Tensor[] {
    return super.levels(data.cast('float32'));
  }
}

class WideUNet3d extends UNet3d {
  protected override levels(data: Tensor): readonly Tensor[] {
    return super.levels(data.cast('float32'));
  }
}

export function networkOf({ spatialRank, options }: UNetCase): UNet2d | UNet3d {
  return spatialRank === 2 ? new WideUNet2d(options) : new WideUNet3d(options);
}

export function batchOf({ options, shape }: UNetCase): Sample {
  const [rows, ...spatial] = shape as [number, ...number[]];
  const { inChannels, numClasses } = options;
  const values = (count: number, salt: number): number[] =>
    Array.from({ length: count }, (_, index) => unitHash(index, salt));
  const data = values(sizeOf(shape) * inChannels, fixture.dataSalt);
  const label = values(sizeOf(shape), fixture.labelSalt).map((value) => Math.floor(((value + 1) / 2) * numClasses));
  return { data: ndarray(data, [rows, inChannels, ...spatial], 'float64'), label: ndarray(label, shape, 'int32') };
}
