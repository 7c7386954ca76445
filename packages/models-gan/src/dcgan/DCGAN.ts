import {
  constant,
  type InputSpec,
  Network,
  noise,
  paramsOf,
  type Step,
  type Tensor,
  type Variable,
} from '@delira/core';
import { bceWithLogitsLoss } from '@delira/nn';
import { checkArchitecture, type DcganArchitecture } from './DcganArchitecture.js';
import { Discriminator } from './Discriminator.js';
import { Generator } from './Generator.js';

export interface DcganOptions {
  /** Channels of the images. */
  readonly inChannels: number;
  /** Entries of the noise an image is made of. Default 100. */
  readonly noiseLength?: number;
  /** Channels of the maps beside the images; each halving of the resolution doubles them. Default 64. */
  readonly features?: number;
  /** Height and width of the images: a power of two, at least 8. Default 64. */
  readonly imageSize?: number;
  /** `'dcgan'`: normal with deviation 0.02, as in the paper. `'default'`: PyTorch's defaults. Default `'dcgan'`. */
  readonly initialization?: 'dcgan' | 'default';
}

export type DcganBatch = Readonly<{
  /** Real images [N, inChannels, imageSize, imageSize], float32, scaled to [−1, 1] as the generated ones are. */
  data: Tensor;
  /** [N, noiseLength], float32, standard normal: what images are made of. A training batch may lack it; then the run's seed draws it. */
  noise: Tensor;
}>;

export type DcganPrediction = Readonly<{
  /** Generated images [N, inChannels, imageSize, imageSize] in [−1, 1]. */
  image: Tensor;
}>;

type Judge = (logits: Tensor, target: number) => Readonly<Record<string, Tensor>>;

const defaultLosses = { bce: bceWithLogitsLoss() };

/**
 * Deep convolutional generative adversarial network (Radford et al., 2016), for images of 64 × 64 pixels unless told otherwise. Its
 * variables are named as in PyTorch's DCGAN example, below `gen` and `disc`; with 3 channels they are 3,576,704 and 2,765,568 parameters.
 *
 * One step updates the discriminator with the optimizer `disc`, on real and on generated images, and then the generator with the
 * optimizer `gen`, by what the updated discriminator says about the same generated images.
 *
 * Losses compare the discriminator's logits `pred` [N, 1] with `label` [N, 1], ones or zeros: `bceWithLogitsLoss()` (the default, used
 * where no loss is given), or for instance `mseLoss()` for a least-squares GAN. For each loss, such as `bce`, a step gives `bceDiscReal`,
 * `bceDiscFake` and `bceAdversarial`, and for all of them together `lossD` and `lossG`.
 */
export class DCGAN extends Network<DcganBatch, DcganPrediction> {
  static readonly type = 'DCGAN';

  readonly config: DcganArchitecture;
  readonly inputs: { readonly data: InputSpec; readonly noise: InputSpec };
  readonly gen: Generator;
  readonly disc: Discriminator;

  /** @throws ArgumentError for an option out of range. */
  constructor({
    inChannels,
    noiseLength = 100,
    features = 64,
    imageSize = 64,
    initialization = 'dcgan',
  }: DcganOptions) {
    super();
    this.config = { inChannels, noiseLength, features, imageSize, initialization };
    checkArchitecture(this.config);
    this.inputs = {
      data: { shape: [inChannels, imageSize, imageSize], dtype: 'float32' },
      noise: { shape: [noiseLength], dtype: 'float32', optional: true },
    };
    this.gen = new Generator(this.config);
    this.disc = new Discriminator(this.config);
  }

  /** The groups `gen` and `disc`. */
  override optimizerGroups(): Readonly<Record<'gen' | 'disc', readonly Variable[]>> {
    return { gen: paramsOf(this.gen), disc: paramsOf(this.disc) };
  }

  /** Images from the noise given. */
  override predict({ noise: given }: Pick<DcganBatch, 'noise'>): DcganPrediction {
    return { image: this.gen.forward(given) };
  }

  override trainStep(batch: DcganBatch, step: Step<DcganBatch, DcganPrediction>): Readonly<Record<string, Tensor>> {
    const { drawn, image, judge } = this.#begin(batch, step);
    const real = judge(this.disc.forward(batch.data), 1);
    const fake = judge(this.disc.forward(image.stopGradient()), 0);
    const lossD = total(real).add(total(fake));
    step.minimize('disc', lossD);
    const adversarial = judge(this.disc.forward(image), 1);
    const lossG = total(adversarial);
    step.minimize('gen', lossG);
    return { image, noise: drawn, ...named({ real, fake, adversarial }), lossD, lossG };
  }

  /** What the discriminator, as it is, says about real and generated images. */
  override evalStep(batch: DcganBatch, step: Step<DcganBatch, DcganPrediction>): Readonly<Record<string, Tensor>> {
    const { drawn, image, judge } = this.#begin(batch, step);
    const logits = this.disc.forward(image);
    const [real, fake, adversarial] = [judge(this.disc.forward(batch.data), 1), judge(logits, 0), judge(logits, 1)];
    const lossD = total(real).add(total(fake));
    return { image, noise: drawn, ...named({ real, fake, adversarial }), lossD, lossG: total(adversarial) };
  }

  #begin(batch: DcganBatch, { losses }: Step<DcganBatch, DcganPrediction>) {
    const { data } = batch;
    const drawn = Object.hasOwn(batch, 'noise')
      ? batch.noise
      : noise.normal('noise', [data.shape[0]!, this.config.noiseLength]);
    const prediction = this.predict({ noise: drawn });
    const chosen = Object.keys(losses).length === 0 ? defaultLosses : losses;
    const judge: Judge = (logits, target) => {
      const judged = { ...prediction, pred: logits };
      const wanted = { data, noise: drawn, label: constant(target, logits.dtype).broadcastTo(logits.shape) };
      return Object.fromEntries(Object.entries(chosen).map(([name, loss]) => [name, loss(judged, wanted)]));
    };
    return { drawn, image: prediction.image, judge };
  }
}

function total(losses: Readonly<Record<string, Tensor>>): Tensor {
  return Object.values(losses).reduce((sum, loss) => sum.add(loss));
}

function named(terms: Readonly<Record<'real' | 'fake' | 'adversarial', Readonly<Record<string, Tensor>>>>) {
  const suffixes = { real: 'DiscReal', fake: 'DiscFake', adversarial: 'Adversarial' } as const;
  return Object.fromEntries(
    (['real', 'fake', 'adversarial'] as const).flatMap((term) =>
      Object.entries(terms[term]).map(([name, loss]) => [`${name}${suffixes[term]}`, loss] as const),
    ),
  );
}
