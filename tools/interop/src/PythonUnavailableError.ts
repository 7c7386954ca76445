import { SkippedError } from './SkippedError.js';

/** Python or its packages cannot be had on this machine: a reason to skip a comparison, not a failure of ours. */
export class PythonUnavailableError extends SkippedError {
  constructor(why: string) {
    super(`Python peers cannot be had: ${why}`);
  }
}
