import type { Rng, Sample } from '@delira/core';
import { TransformError } from './TransformError.js';

/** A changed sample, and what was drawn to change it. */
export interface Augmented<P> {
  readonly sample: Sample;
  readonly parameters: P;
}

/**
 * A transform in two halves: chance is drawn into plain parameters, then the parameters are applied. They can be logged, sent to another
 * process, and applied again to the same effect.
 *
 * @typeParam P what is drawn: plain data that JSON can hold.
 */
export abstract class Augmentation<P = unknown> {
  /** What errors and logs call it. */
  abstract readonly name: string;

  /** Draws what will be done to this sample. Reads the sample (its shape, its statistics), changes nothing. */
  abstract draw(sample: Sample, rng: Rng): P;

  /** Does it: a new sample. The one given stays as it is; entries that do not change are shared. */
  abstract apply(sample: Sample, parameters: P): Sample;

  /**
   * Draws and applies.
   *
   * @throws TransformError naming this transform and what it drew.
   */
  augment(sample: Sample, rng: Rng): Augmented<P> {
    let parameters: P;
    try {
      parameters = this.draw(sample, rng);
    } catch (cause) {
      if (cause instanceof TransformError) throw cause;
      throw new TransformError(`${this.name} could not be drawn: ${messageOf(cause)}`, this.name, null, { cause });
    }
    return { sample: this.replay(sample, parameters), parameters };
  }

  /**
   * Applies what was drawn before: the same result, bit for bit, on the same sample.
   *
   * @throws TransformError naming this transform and the parameters.
   */
  replay(sample: Sample, parameters: P): Sample {
    try {
      return this.apply(sample, parameters);
    } catch (cause) {
      // Of transforms within transforms the innermost says most.
      if (cause instanceof TransformError) throw cause;
      throw new TransformError(
        `${this.name}(${describe(parameters)}) failed: ${messageOf(cause)}`,
        this.name,
        parameters,
        { cause },
      );
    }
  }
}

const LONGEST_DESCRIPTION = 300;

function describe(parameters: unknown): string {
  const text = JSON.stringify(parameters) ?? String(parameters);
  return text.length > LONGEST_DESCRIPTION ? `${text.slice(0, LONGEST_DESCRIPTION)}…` : text;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
