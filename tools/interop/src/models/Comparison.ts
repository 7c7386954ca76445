import type { Network, Optimizer, Sample, Tensor } from '@delira/core';
import type { NamedLoss } from '@delira/nn';

/** Any network, whatever its batch and its predictions are called. */
export type AnyNetwork = Network<Readonly<Record<string, Tensor>>, Readonly<Record<string, Tensor>>>;

/** The same optimizer in both worlds. */
export interface OptimizerPair {
  readonly name: string;
  readonly create: () => Optimizer;
  /** PyTorch's optimizer and its constants: `{ type: 'adam', lr: 1e-3 }`. */
  readonly pytorch: Readonly<Record<string, string | number | readonly number[]>>;
}

/** A network in one configuration, with data of one shape, that is compared with its PyTorch twin. */
export interface Comparison {
  /** E.g. `resnet18 [32, 1, 28, 28]`. */
  readonly label: string;
  /** The twin's name in `python/models`; it is built from the network's `config`. */
  readonly twin: string;
  create(): AnyNetwork;
  /** Empty where the network's own step computes them. */
  readonly losses: Readonly<Record<string, NamedLoss>>;
  /** The step's outputs that are its losses, in the twin's order. */
  readonly lossNames: readonly string[];
  /** The prediction both sides give. */
  readonly prediction: string;
  readonly optimizers: readonly [OptimizerPair, ...OptimizerPair[]];
  /** Training steps; with none only losses and gradients at the initial weights are compared. */
  readonly steps: number;
  /** For how many batches gradients are compared, all at the initial weights. */
  readonly gradientBatches: number;
  /** As many batches for training as wanted. */
  batches(count: number): Promise<readonly Sample[]>;
  /** What the network predicts from, of a batch for training. */
  predicted(batch: Sample): Sample;
}

/** What is compared of one network. */
export interface ComparedModel {
  readonly name: string;
  /** In float64, small enough for an interpreter. */
  readonly reference: readonly Comparison[];
  /** In float32, in the engine that people train with. */
  readonly engine: readonly Comparison[];
  /** The one whose files others open. */
  readonly files: Comparison;
}
