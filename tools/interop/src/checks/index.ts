import { type Check } from '../Check.js';
import { recordedFixtures } from './recordedFixtures.js';

/** Every comparison, in the order it runs. A new one is a file beside this one and a row here. */
export const checks: readonly Check[] = [recordedFixtures];
