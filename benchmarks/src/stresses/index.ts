import type { Measurement } from '../Measurement.js';
import { fuzz } from './fuzz.js';
import { memory } from './memory.js';
import { resume } from './resume.js';

/** Everything `npm run stress` can run. A new one is a file beside this one and a row here. */
export const stresses: readonly Measurement[] = [memory, resume, fuzz];
