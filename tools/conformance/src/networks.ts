import { type Comparison, models } from '@delira/interop/models';

/** A network in one configuration. */
export interface Network {
  /** What `--model` calls it. */
  readonly model: string;
  readonly comparison: Comparison;
}

/** Every network in every configuration that the reference, an interpreter, can compute; in this order in all processes. */
export const networks: readonly Network[] = models.flatMap(({ name, reference }) =>
  reference.map((comparison) => ({ model: name, comparison })),
);
