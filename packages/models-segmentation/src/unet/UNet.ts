import { ArgumentError, maxPool, ShapeError, type Step, type Tensor } from '@delira/core';
import type { Conv } from '@delira/nn';
import {
  type SegmentationBatch,
  SegmentationNetwork,
  type SegmentationOptions,
  type SegmentationPrediction,
} from '../SegmentationNetwork.js';
import type { MergeMode, NormKind, UpMode } from './BlockOptions.js';
import { deepSupervisionWeights } from './deepSupervision.js';
import { unetInitializers } from './DoubleConv.js';
import { DownConv } from './DownConv.js';
import { SpatialFit } from './SpatialFit.js';
import { spatialLayers, type SpatialRank } from './SpatialLayers.js';
import { UpConv } from './UpConv.js';

/** All that a U-Net is built from. */
export type UNetConfig = Readonly<{
  numClasses: number;
  inChannels: number;
  depth: number;
  startFilters: number;
  upMode: UpMode;
  mergeMode: MergeMode;
  norm: NormKind;
  normGroups: number;
  bias: boolean;
  deepSupervision: boolean | readonly number[];
}>;

export interface UNetOptions extends SegmentationOptions {
  /** Classes, the background included. */
  readonly numClasses: number;
  /** Default 1 in 2D and 3 in 3D, as delira's. */
  readonly inChannels?: number;
  /** Levels, one more than poolings. Default 5. */
  readonly depth?: number;
  /** Channels of the first level; each further one has twice as many. Default 64. */
  readonly startFilters?: number;
  /** Transposed convolutions, or linear upsampling and a 1×1 convolution. Default `'transpose'`. */
  readonly upMode?: UpMode;
  /** How the decoder takes what the encoder had at its level; `'add'` goes with `'transpose'` only. Default `'concat'`. */
  readonly mergeMode?: MergeMode;
  /** After each 3×3 convolution. Default `'none'`, as delira's. */
  readonly norm?: NormKind;
  /** Groups of channels of `norm: 'group'`; they must divide `startFilters`. Default 8. */
  readonly normGroups?: number;
  /**
   * Whether 3×3 convolutions have a bias. Default true, as delira's and nnU-Net's; before a batch or instance norm it changes nothing,
   * and leaving it out is faster.
   */
  readonly bias?: boolean;
  /**
   * Whether coarser levels of the decoder are trained, too, with nnU-Net's weights (from depth 4 on), or the weights of each resolution,
   * the full one first. While training, predictions hold the levels' logits as `aux0`, `aux1`, … Default false.
   */
  readonly deepSupervision?: boolean | readonly number[];
}

const MODES = {
  upMode: ['transpose', 'upsample'],
  mergeMode: ['concat', 'add'],
  norm: ['none', 'batch', 'instance', 'group'],
} as const;

function checkConfig(name: string, config: UNetConfig): void {
  const { depth, startFilters, normGroups } = config;
  for (const [option, value] of Object.entries({ depth, startFilters, normGroups })) {
    if (!Number.isInteger(value) || value < 1)
      throw new ArgumentError(`${name}: ${option} is ${value}; it must be a positive integer.`);
  }
  for (const [option, allowed] of Object.entries(MODES)) {
    const value = config[option as keyof typeof MODES];
    if (!(allowed as readonly string[]).includes(value))
      throw new ArgumentError(`${name}: ${option} is '${value}'; it must be one of ${allowed.join(', ')}.`);
  }
  if (config.upMode === 'upsample' && config.mergeMode === 'add')
    throw new ArgumentError(
      `${name}: upMode 'upsample' and mergeMode 'add' do not go together, as in delira. Use upMode 'transpose', or mergeMode 'concat'.`,
    );
}

/**
 * What U-Nets (Ronneberger et al., 2015) of all dimensions share, with delira's structure, variable names and initial distributions.
 * Variables: `down_convs.<level>.conv1`, `.conv2`, `up_convs.<step>.upconv` (`.upconv.1` when upsampling), `.conv1`, `.conv2`,
 * `conv_final`; with a norm also `.norm1`, `.norm2`; with deep supervision `aux_convs.<level>`.
 */
export abstract class UNet extends SegmentationNetwork<UNetConfig> {
  readonly down_convs: readonly DownConv[];
  readonly up_convs: readonly UpConv[];
  readonly conv_final: Conv;
  readonly aux_convs: readonly Conv[];
  /** Share of each supervised resolution in the loss, the full one first. */
  readonly lossWeights: readonly number[];

  protected constructor(
    readonly spatialRank: SpatialRank,
    options: UNetOptions & { readonly inChannels: number },
  ) {
    const { inputSize = new Array<null>(spatialRank).fill(null), ignoreIndex, ...given } = options;
    const config: UNetConfig = {
      depth: 5,
      startFilters: 64,
      upMode: 'transpose',
      mergeMode: 'concat',
      norm: 'none',
      normGroups: 8,
      bias: true,
      deepSupervision: false,
      ...given,
    };
    super(config, { inputSize, ...(ignoreIndex === undefined ? {} : { ignoreIndex }) });
    const { name } = this.constructor;
    checkConfig(name, config);
    const { inChannels, numClasses, depth, startFilters, deepSupervision } = config;
    this.lossWeights =
      deepSupervision === false
        ? [1]
        : deepSupervisionWeights(depth, deepSupervision === true ? undefined : deepSupervision);
    this.#checkSize(inputSize);

    const blocks = { ...config, spatialRank };
    const channelsAt = (level: number): number => startFilters * 2 ** level;
    const head = (level: number): Conv =>
      spatialLayers[spatialRank].conv(channelsAt(level), numClasses, { ...unetInitializers, kernel: 1 });
    this.down_convs = Array.from(
      { length: depth },
      (_, level) => new DownConv(level === 0 ? inChannels : channelsAt(level - 1), channelsAt(level), blocks),
    );
    this.up_convs = Array.from({ length: depth - 1 }, (_, step) => {
      const level = depth - 2 - step;
      return new UpConv(channelsAt(level + 1), channelsAt(level), blocks);
    });
    this.conv_final = head(0);
    this.aux_convs = this.lossWeights.slice(1).map((_, index) => head(index + 1));
  }

  #checkSize(spatial: readonly (number | null)[], channels: number | null = null): void {
    const { inChannels, depth } = this.config;
    const smallest = 2 ** (depth - 1);
    const isRight =
      spatial.length === this.spatialRank &&
      (channels ?? inChannels) === inChannels &&
      spatial.every((extent) => extent === null || extent >= smallest);
    if (isRight) return;
    const expected = ['N', inChannels, ...new Array<string>(this.spatialRank).fill(`≥${smallest}`)].join(', ');
    const received = ['N', channels ?? inChannels, ...spatial.map((extent) => extent ?? '?')].join(', ');
    throw new ShapeError(
      `${this.constructor.name} of depth ${depth} takes images [${expected}], got [${received}]: each of its ${depth - 1} poolings halves the extents. Use larger images or patches, less depth, or another inChannels.`,
    );
  }

  /** @throws ShapeError for images with another number of channels or axes, or too small for the depth. */
  override forward(data: Tensor): Tensor {
    return this.levels(data)[0]!;
  }

  /**
   * Logits at full resolution and, while training with deep supervision, at 1/2, 1/4, …: [N, numClasses, ...]. Where the extents are not
   * divisible by 2^(depth − 1), images are padded with zeros and logits cut back to the cells whose centre lies in the image.
   *
   * @throws ShapeError
   */
  protected levels(data: Tensor): readonly Tensor[] {
    const [, channels, ...spatial] = data.shape;
    this.#checkSize(spatial, channels ?? 0);
    const fit = this.#fit(spatial);
    const skips: Tensor[] = [];
    let x = fit.pad(data);
    this.down_convs.forEach((block, level) => {
      if (level > 0) x = maxPool(x, { window: 2 });
      x = block.forward(x);
      skips.push(x);
    });
    const auxiliary = this.training ? this.aux_convs : [];
    const logits: Tensor[] = [];
    this.up_convs.forEach((block, step) => {
      const level = this.config.depth - 2 - step;
      x = block.forward(x, skips[level]!);
      const head = auxiliary[level - 1];
      if (head !== undefined) logits.unshift(fit.crop(head.forward(x), 2 ** level));
    });
    return [fit.crop(this.conv_final.forward(x)), ...logits];
  }

  #fit(spatial: readonly number[]): SpatialFit {
    return new SpatialFit(spatial, 2 ** (this.config.depth - 1));
  }

  override predict({ data }: Pick<SegmentationBatch, 'data'>): SegmentationPrediction {
    const [pred, ...coarser] = this.levels(data);
    return { pred: pred!, ...Object.fromEntries(coarser.map((logits, index) => [`aux${index}`, logits])) };
  }

  /**
   * The default step; with deep supervision each loss is the weighted sum of itself at the supervised resolutions, whose labels are those
   * at the centres of the cells.
   */
  override trainStep(
    batch: SegmentationBatch,
    step: Step<SegmentationBatch, SegmentationPrediction>,
  ): Readonly<Record<string, Tensor>> {
    if (this.lossWeights.length === 1) return super.trainStep(batch, step);
    const fit = this.#fit(batch.data.shape.slice(2));
    const batches = this.lossWeights.map((_, level) =>
      level === 0 ? batch : withLabel(batch, fit.sample(batch.label, 2 ** level)),
    );
    const losses = Object.entries(step.losses).map(([name, loss]) => {
      const supervised: typeof loss = (prediction) => {
        const at = prediction as SegmentationPrediction & Readonly<Record<string, Tensor>>;
        const terms = this.lossWeights.map((weight, level) => {
          const pred = level === 0 ? at.pred : at[`aux${level - 1}`]!;
          return loss({ ...at, pred }, batches[level]!).mul(weight);
        });
        return terms.reduce((sum, term) => sum.add(term));
      };
      return [name, supervised] as const;
    });
    return super.trainStep(batch, { ...step, losses: Object.fromEntries(losses) });
  }
}

/** The batch with other labels; its other entries are read through, so that only what a loss reads is fed. */
function withLabel(batch: SegmentationBatch, label: Tensor): SegmentationBatch {
  return Object.create(batch, { label: { value: label, enumerable: true } }) as SegmentationBatch;
}
