import { InputError } from '@delira/core';

/** A transform could not be drawn or applied. The message names it and what was drawn. */
export class TransformError extends InputError {
  constructor(
    message: string,
    /** Name of the transform. */
    readonly transform: string,
    /** What was drawn for the sample, whole; `null` when drawing itself failed. */
    readonly parameters: unknown,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
