import type * as Package from '../src/index.js';

/** The built package: the formats that ITK reads need a worker, and a worker can only run what is built. Not a static import: types come from the sources. */
export const built = (await import('../dist/index.js' as string)) as typeof Package;
