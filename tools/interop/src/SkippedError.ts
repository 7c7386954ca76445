import { DeliraError } from '@delira/core';

/** What a check needs is not on this machine and cannot be brought here; its message says why. */
export class SkippedError extends DeliraError {
  constructor(why: string) {
    super('SKIPPED', why);
  }
}
