import type * as Package from '../src/index.js';

/** For programs that tests start. */
export const builtEntry = new URL('../dist/index.js', import.meta.url).href;

/** The built package: the formats that ITK reads need a worker, and a worker can only run what is built. Not a static import: types come from the sources. */
export const built = (await import(builtEntry)) as typeof Package;
