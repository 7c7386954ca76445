import { type Measurement } from '../Measurement.js';

/** Everything `npm run stress` can run. A new one is a file beside this one and a row here. */
export const stresses: readonly Measurement[] = [];
