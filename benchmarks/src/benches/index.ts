import type { Measurement } from '../Measurement.js';
import { compile } from './compile.js';
import { data } from './data.js';
import { engines } from './engines.js';
import { hostOverhead } from './hostOverhead.js';
import { predict } from './predict.js';
import { train } from './train.js';

/** Everything `npm run bench` can run. A new one is a file beside this one and a row here. */
export const benches: readonly Measurement[] = [train, predict, compile, hostOverhead, data, engines];
