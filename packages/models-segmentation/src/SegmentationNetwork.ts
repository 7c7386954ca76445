import {
  ArgumentError,
  argMax,
  castArray,
  formatShape,
  InputError,
  type InputSpec,
  type NDArray,
  Network,
  type Sample,
  type Step,
  type Tensor,
} from '@delira/core';

/** What every segmentation network is built from; networks may have more options. */
export type SegmentationConfig = Readonly<{
  /** Channels of the images. */
  inChannels: number;
  /** Number of classes, the background included: logits per pixel. */
  numClasses: number;
}>;

export type SegmentationBatch = Readonly<{
  /** [N, inChannels, ...spatial], float32. */
  data: Tensor;
  /** [N, ...spatial], int32: 0 … numClasses − 1, or `ignoreIndex`. */
  label: Tensor;
}>;

export type SegmentationPrediction = Readonly<{
  /** [N, numClasses, ...spatial]: logits. */
  pred: Tensor;
}>;

export interface SegmentationOptions {
  /** Extents of the images' spatial axes; null: any. Default `[null, null]`: 2D images of any size. */
  readonly inputSize?: readonly (number | null)[];
  /** A label that is no class, for pixels that do not count; give the same to losses and metrics. Default: none. */
  readonly ignoreIndex?: number;
}

/**
 * A network that gives one logit per class and pixel (or voxel). Extend it, keep layers in public properties and write `forward`:
 *
 * ```ts
 * class Small extends SegmentationNetwork {
 *   static readonly type = 'Small';
 *   readonly conv = new Conv2d(this.config.inChannels, 8, { kernel: 3, padding: 1 });
 *   readonly head = new Conv2d(8, this.config.numClasses, { kernel: 1 });
 *   override forward(data: Tensor): Tensor {
 *     return this.head.forward(this.conv.forward(data).relu());
 *   }
 * }
 * ```
 *
 * The default step then minimises the losses it is given, such as `{ diceCrossEntropy: diceCrossEntropyLoss() }`.
 */
export abstract class SegmentationNetwork<C extends SegmentationConfig = SegmentationConfig> extends Network<
  SegmentationBatch,
  SegmentationPrediction
> {
  readonly inputs: { readonly data: InputSpec; readonly label: InputSpec };
  readonly ignoreIndex: number | null;

  /** @throws ArgumentError unless channels and classes are positive integers, and `ignoreIndex` an integer. */
  constructor(
    readonly config: C,
    { inputSize = [null, null], ignoreIndex }: SegmentationOptions = {},
  ) {
    super();
    const { inChannels, numClasses } = config;
    for (const [name, value] of Object.entries({ inChannels, numClasses })) {
      if (!Number.isInteger(value) || value < 1)
        throw new ArgumentError(`${this.constructor.name}: ${name} is ${value}; it must be a positive integer.`);
    }
    if (ignoreIndex !== undefined && !Number.isInteger(ignoreIndex))
      throw new ArgumentError(`${this.constructor.name}: ignoreIndex is ${ignoreIndex}; it must be an integer.`);
    this.ignoreIndex = ignoreIndex ?? null;
    const range = [Math.min(0, ignoreIndex ?? 0), Math.max(numClasses - 1, ignoreIndex ?? 0)] as const;
    this.inputs = {
      data: { shape: [inChannels, ...inputSize], dtype: 'float32' },
      label: { shape: inputSize, dtype: 'int32', range },
    };
  }

  /** Logits [N, numClasses, ...spatial] of images [N, inChannels, ...spatial]. */
  abstract forward(data: Tensor): Tensor;

  override predict({ data }: Pick<SegmentationBatch, 'data'>): SegmentationPrediction {
    return { pred: this.forward(data) };
  }

  /**
   * Predictions and losses, and `classes` [N, ...spatial], int32: the class with the largest logit, computed only where a metric asks
   * for it (`{ prediction: 'classes' }`). It is numClasses times smaller than the logits.
   */
  override evalStep(
    batch: SegmentationBatch,
    step: Step<SegmentationBatch, SegmentationPrediction>,
  ): Readonly<Record<string, Tensor>> {
    const outputs = super.evalStep(batch, step);
    return { ...outputs, classes: argMax(outputs['pred']!, 1) };
  }

  /**
   * Casts images to float32 and labels to int32; labels of shape [N, 1, ...spatial] become [N, ...spatial].
   *
   * @throws InputError for a label that is not an integer, has several channels, or lies between the classes and `ignoreIndex`.
   */
  override prepareBatch(batch: Sample): Sample {
    const { label, ...others } = batch;
    const prepared = super.prepareBatch(others);
    if (label === undefined) return prepared;
    this.#refuseStrays(label);
    return { ...prepared, label: labelsOf(label, this.inputs.label.shape.length) };
  }

  /** The declared range cannot say that there is a gap in it. */
  #refuseStrays({ data }: NDArray): void {
    const { ignoreIndex } = this;
    if (ignoreIndex === null) return;
    const { numClasses } = this.config;
    const stray = data.findIndex((value) => value !== ignoreIndex && (value < 0 || value >= numClasses));
    if (stray !== -1)
      throw new InputError(
        `Batch entry "label" holds ${data[stray]} (element ${stray}); allowed is 0 to ${numClasses - 1}, and ${ignoreIndex} for pixels that do not count. Check the dataset's labels, or build the network for more classes.`,
      );
  }
}

function labelsOf(label: NDArray, spatialRank: number): NDArray {
  const fraction = label.data.findIndex((value) => !Number.isInteger(value));
  if (fraction !== -1)
    throw new InputError(
      `Batch entry "label" holds ${label.data[fraction]} (element ${fraction}); a label is the number of its pixel's class. Resample labels with the nearest neighbour, or use a regression loss.`,
    );
  const [rows, channels, ...spatial] = label.shape;
  const hasChannels = rows !== undefined && spatial.length === spatialRank;
  if (hasChannels && channels !== 1)
    throw new InputError(
      `Batch entry "label" has shape ${formatShape(label.shape)}; expected [N, ...spatial] or [N, 1, ...spatial] with the number of each pixel's class. Take the argmax of one-hot labels.`,
    );
  return { ...castArray(label, 'int32'), shape: hasChannels ? [rows, ...spatial] : label.shape };
}
