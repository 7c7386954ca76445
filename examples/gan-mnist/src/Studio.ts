import { type Backend, createRng, type NDArray, ndarray, sliceRows, type StateStore } from '@delira/core';
import { loadWeights, saveImage } from '@delira/io';
import type { DCGAN } from '@delira/models-gan';
import { matchWeights } from '@delira/nn';
import { networkModel, type PredictionModel } from '@delira/prediction';
import { drawGrid } from './drawGrid.js';
import { Judge } from './Judge.js';
import { type Score, scoreOf } from './scoreOf.js';

/** Images in one call of the engine, and on one picture. */
const ROWS = 64;
const COLUMNS = 8;

/** Shows what the generator makes of noise that stays the same from epoch to epoch, and what the judge says to it. */
export class Studio {
  readonly #noise: readonly NDArray[];

  private constructor(
    private readonly generator: PredictionModel,
    private readonly judge: PredictionModel,
    private readonly judgeState: StateStore,
    noiseLength: number,
    batches: number,
  ) {
    const rng = createRng(0).fork('studio');
    this.#noise = Array.from({ length: batches }, () =>
      ndarray(
        Float32Array.from({ length: ROWS * noiseLength }, () => rng.normal()),
        [ROWS, noiseLength],
      ),
    );
  }

  /**
   * @param state the state the GAN is trained in.
   * @param judgeWeights a safetensors file.
   * @param batches of 64 images each that the score is computed on.
   */
  static async open(
    backend: Backend,
    network: DCGAN,
    state: StateStore,
    judgeWeights: string,
    batches: number,
  ): Promise<Studio> {
    const judge = new Judge();
    const { entries } = matchWeights(judge, await loadWeights(judgeWeights));
    const judgeState = await backend.createState(entries);
    return new Studio(
      networkModel({ backend, network, state, input: 'noise', output: 'image' }),
      networkModel({ backend, network: judge, state: judgeState }),
      judgeState,
      network.config.noiseLength,
      batches,
    );
  }

  /** Writes a PNG of 64 images. */
  async draw(path: string): Promise<void> {
    await saveImage(path, drawGrid(await this.generator.predict(this.#noise[0]!), COLUMNS));
  }

  /** The judge's score of generated images. */
  async scoreGenerated(): Promise<Score> {
    const logits: NDArray[] = [];
    for (const noise of this.#noise) logits.push(await this.judge.predict(await this.generator.predict(noise)));
    return scoreOf(joined(logits));
  }

  /** The judge's score of given images, [N, 1, 64, 64]. */
  async scoreGiven(images: NDArray): Promise<Score> {
    const logits: NDArray[] = [];
    for (let row = 0; row + ROWS <= images.shape[0]!; row += ROWS)
      logits.push(await this.judge.predict(sliceRows(images, row, row + ROWS)));
    return scoreOf(joined(logits));
  }

  /** Mean of the generated pixels: about 0 before the training, −0.74 on real digits. */
  async brightness(): Promise<number> {
    const { data } = await this.generator.predict(this.#noise[0]!);
    return (data as Float32Array).reduce((sum, value) => sum + value, 0) / data.length;
  }

  async dispose(): Promise<void> {
    await this.generator.dispose?.();
    await this.judge.dispose?.();
    await this.judgeState.dispose();
  }
}

function joined(parts: readonly NDArray[]): NDArray {
  const values = parts.flatMap(({ data }) => Array.from(data));
  return ndarray(values, [values.length / parts[0]!.shape[1]!, parts[0]!.shape[1]!]);
}
