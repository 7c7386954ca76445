import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { formatTable } from '../formatTable.js';
import { type Measurement, positiveInteger } from '../Measurement.js';
import { rounded } from '../statistics.js';

/** A training of a million steps may take a gigabyte. */
const LIMIT = 1024;
/** Laps in which allocators and the JavaScript heap find their size. */
const WARM_UP = 3;

const script = fileURLToPath(new URL('./tinyTraining.js', import.meta.url));

interface Sampled {
  readonly rss: number;
  readonly heap: number;
}

const train = (steps: number, laps: number): Promise<readonly Sampled[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', script, String(steps), String(laps)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as readonly Sampled[]);
      else reject(new Error(`The training ended with code ${code}.`));
    });
  });

/** Memory after laps of equally many steps of a tiny network: what grows with the steps is a leak. */
export const memory: Measurement = {
  name: 'memory',
  description: 'measures how memory grows over the steps of a tiny network',
  options: { steps: { type: 'string', default: '1000' }, laps: { type: 'string', default: '10' } },
  help: [
    '--steps N  steps of a lap (default 1000)',
    '--laps N   laps that are measured, after three that warm up (default 10)',
  ],
  async run(values) {
    const steps = positiveInteger(values, 'steps');
    const laps = positiveInteger(values, 'laps');
    const samples = await train(steps, WARM_UP + laps);
    const growth = (pick: (sample: Sampled) => number): number => {
      const [first, last] = [samples[WARM_UP - 1], samples.at(-1)];
      return first === undefined || last === undefined ? NaN : (pick(last) - pick(first)) / (laps * steps);
    };
    const rssBytesPerStep = growth(({ rss }) => rss);
    const heapBytesPerStep = growth(({ heap }) => heap);
    console.log(
      formatTable([
        ['after steps', 'resident MiB', 'JavaScript MiB'],
        ...samples.map(({ rss, heap }, lap) => [
          String((lap + 1) * steps),
          (rss / 2 ** 20).toFixed(2),
          (heap / 2 ** 20).toFixed(2),
        ]),
        ['bytes per step', rssBytesPerStep.toFixed(0), heapBytesPerStep.toFixed(0)],
        ['at most', String(LIMIT), ''],
      ]),
    );
    return {
      steps: steps * laps,
      rssBytesPerStep: rounded(rssBytesPerStep, 1),
      heapBytesPerStep: rounded(heapBytesPerStep, 1),
      limitBytesPerStep: LIMIT,
      passed: rssBytesPerStep < LIMIT,
    };
  },
};
