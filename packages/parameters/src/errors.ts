import { DeliraError } from '@delira/core';

/** One thing that is wrong with a tree of parameters. */
export interface Issue {
  /** Where, as `get` takes it: `training.optimizer.options.lr`; empty for the whole tree or text. */
  readonly path: string;
  readonly message: string;
}

/** Parameters, or the text they are read from, are not acceptable. `issues` holds everything that is wrong, not only the first. */
export class ParametersError extends DeliraError {
  constructor(
    readonly issues: readonly Issue[],
    options?: { readonly cause?: unknown },
  ) {
    super('PARAMETERS', issues.map(printIssue).join('\n'), options);
  }
}

function printIssue({ path, message }: Issue): string {
  return path === '' ? message : `${path}: ${message}`;
}
