import {
  type Backend,
  type Executable,
  type Feeds,
  type NDArray,
  type Sample,
  type StateStore,
  TrainableSystem,
} from '@delira/core';
import { imageBatch } from './imageBatch.js';
import { sgd } from './sgd.js';
import { TinyConvNet } from './TinyConvNet.js';

const SEED = 11;

/** What a step of the tiny network is fed: images, learning rate and noise are functions of its number. */
export function feedsOf(step: number): Feeds {
  return { batch: imageBatch(step), hyper: { 'default.lr': 0.1 / (1 + step) }, seed: [SEED, step] };
}

export interface TrainingRun {
  readonly executable: Executable;
  readonly state: StateStore;
  /** Runs the steps of these numbers in one call. */
  train(steps: readonly number[]): Promise<readonly Sample[]>;
  dispose(): Promise<void>;
}

export function tinySystem(dropout = true): TrainableSystem<TinyBatch, { pred: TinyTensor }> {
  return new TrainableSystem(new TinyConvNet({ dropout }), {
    optimizers: { default: sgd({ lr: 0.1, momentum: 0.9 }) },
  });
}

type TinyBatch = Parameters<TinyConvNet['predict']>[0];
type TinyTensor = ReturnType<TinyConvNet['predict']>['pred'];

/** The tiny convolutional network in training, with momentum, running statistics and dropout. */
export async function trainingRun(
  backend: Backend,
  options: { readonly initial?: ReadonlyMap<string, NDArray>; readonly dropout?: boolean } = {},
): Promise<TrainingRun> {
  const system = tinySystem(options.dropout);
  const executable = await backend.compile(system.traceTrain(imageBatch(0)));
  const state = await backend.createState(options.initial ?? system.initialState(SEED));
  return {
    executable,
    state,
    train: (steps) => executable.run(state, steps.map(feedsOf)),
    async dispose() {
      await executable.dispose();
      await state.dispose();
    },
  };
}
