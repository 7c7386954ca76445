import { DeliraError } from '@delira/core';

/** Python or its packages cannot be had on this machine: a reason to skip a comparison, not a failure of ours. */
export class PythonUnavailableError extends DeliraError {
  constructor(why: string) {
    super('PYTHON_UNAVAILABLE', `Python peers cannot be had: ${why}`);
  }
}
