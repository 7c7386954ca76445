import type { ChainName } from './chains.js';

/** What is run; the same words start our process and the peer's. */
export interface DataOptions {
  readonly task: 'augment' | 'nifti' | 'train';
  readonly chain?: ChainName;
  /** Spatial extents of a sample. */
  readonly size?: readonly number[];
  /** Samples of a batch. */
  readonly batch?: number;
  /** Batches of an epoch. */
  readonly batches?: number;
  readonly workers?: number;
  /** Of the engine that trains. */
  readonly threads?: number;
  readonly filters?: number;
  readonly depth?: number;
  readonly files?: readonly string[];
}

/** The command line of a data stepper. */
export const dataParameters = ({ task, ...options }: DataOptions): readonly string[] => [
  task,
  ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
];
