import type * as source from '../../src/index.js';

// Worker threads and processes start from files of the built package; `npx nx build backend-onnx-training` makes them.
const { href } = new URL('../../dist/index.js', import.meta.url);

/** The built package. */
export const built = (await import(href)) as typeof source;
