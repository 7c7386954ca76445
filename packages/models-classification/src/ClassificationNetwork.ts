import {
  ArgumentError,
  castArray,
  formatShape,
  InputError,
  type InputSpec,
  type NDArray,
  Network,
  type Sample,
  ShapeError,
  type Tensor,
} from '@delira/core';

/** What every classification network is built from; networks may have more options. */
export type ClassificationConfig = Readonly<{
  /** Channels of the images. */
  inChannels: number;
  /** Number of classes: logits per image. */
  numClasses: number;
}>;

export type ClassificationBatch = Readonly<{
  /** [N, inChannels, ...spatial], float32. */
  data: Tensor;
  /** [N], int32: 0 … numClasses − 1. */
  label: Tensor;
}>;

export type ClassificationPrediction = Readonly<{
  /** [N, numClasses]: logits. */
  pred: Tensor;
}>;

export interface ClassificationOptions {
  /** Extents of the images' spatial axes; null: any. Default `[null, null]`: 2D images of any size. */
  readonly inputSize?: readonly (number | null)[];
}

/**
 * A network that gives one logit per class and image. Extend it, keep layers in public properties and write `forward`:
 *
 * ```ts
 * class Small extends ClassificationNetwork {
 *   static readonly type = 'Small';
 *   readonly conv = new Conv2d(this.config.inChannels, 8, { kernel: 3, padding: 1 });
 *   readonly fc = new Linear(8, this.config.numClasses);
 *   override forward(data: Tensor): Tensor {
 *     return this.fc.forward(this.conv.forward(data).relu().mean([2, 3]));
 *   }
 * }
 * ```
 *
 * The default step then minimises the losses it is given, such as `{ crossEntropy: crossEntropyLoss() }`.
 */
export abstract class ClassificationNetwork<C extends ClassificationConfig = ClassificationConfig> extends Network<
  ClassificationBatch,
  ClassificationPrediction
> {
  readonly inputs: { readonly data: InputSpec; readonly label: InputSpec };

  /** @throws ArgumentError unless channels and classes are positive integers. */
  constructor(
    readonly config: C,
    { inputSize = [null, null] }: ClassificationOptions = {},
  ) {
    super();
    const { inChannels, numClasses } = config;
    for (const [name, value] of Object.entries({ inChannels, numClasses })) {
      if (!Number.isInteger(value) || value < 1)
        throw new ArgumentError(`${this.constructor.name}: ${name} is ${value}; it must be a positive integer.`);
    }
    this.inputs = {
      data: { shape: [inChannels, ...inputSize], dtype: 'float32' },
      label: { shape: [], dtype: 'int32', range: [0, numClasses - 1] },
    };
  }

  /** Logits [N, numClasses] of images [N, inChannels, ...spatial]. */
  abstract forward(data: Tensor): Tensor;

  /** @throws ShapeError for images of another shape than `inputs` says. */
  override predict({ data }: Pick<ClassificationBatch, 'data'>): ClassificationPrediction {
    const { shape } = this.inputs.data;
    if (
      data.shape.length !== shape.length + 1 ||
      shape.some((extent, axis) => extent !== null && extent !== data.shape[axis + 1])
    )
      throw new ShapeError(
        `${this.constructor.name} takes images of shape [${['N', ...shape.map((extent) => extent ?? '?')].join(', ')}], got ${formatShape(data.shape)}. Resize or convert the images, or build the network for them.`,
      );
    return { pred: this.forward(data) };
  }

  /**
   * Casts images to float32 and labels to int32; labels of shape [N, 1] become [N].
   *
   * @throws InputError for a label that is not an integer.
   */
  override prepareBatch(batch: Sample): Sample {
    const { label, ...others } = batch;
    const prepared = super.prepareBatch(others);
    return label === undefined ? prepared : { ...prepared, label: labelsOf(label) };
  }
}

function labelsOf(label: NDArray): NDArray {
  const fraction = label.data.findIndex((value) => !Number.isInteger(value));
  if (fraction !== -1)
    throw new InputError(
      `Batch entry "label" holds ${label.data[fraction]} (element ${fraction}); a label is the number of its class. Round it, or use a regression loss.`,
    );
  const shape = label.shape.length === 2 && label.shape[1] === 1 ? label.shape.slice(0, 1) : label.shape;
  return { ...castArray(label, 'int32'), shape };
}
