import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chains } from './data/chains.js';
import { runners } from './data/runners.js';
import { choice, positiveInteger } from './Measurement.js';
import { memory } from './steppers/memory.js';

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** CPU time of this process and its threads, in milliseconds. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Answers the stepping protocol with this project's data handling, as `peers/dataPeer.py` does with the peers. */
const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      chain: { type: 'string', default: 'nnunet' },
      size: { type: 'string', default: '64,64,64' },
      batch: { type: 'string', default: '2' },
      batches: { type: 'string', default: '8' },
      workers: { type: 'string', default: '0' },
      threads: { type: 'string', default: '2' },
      filters: { type: 'string', default: '16' },
      depth: { type: 'string', default: '3' },
      files: { type: 'string', default: '' },
    },
  });
  const task = choice({ task: positionals[0] }, 'task', ['augment', 'nifti', 'train']);
  const runner = await runners[task]({
    task,
    chain: choice(values, 'chain', Object.keys(chains) as (keyof typeof chains)[]),
    size: values.size.split(',').map(Number),
    batch: positiveInteger(values, 'batch'),
    batches: positiveInteger(values, 'batches'),
    workers: Number(values.workers),
    threads: positiveInteger(values, 'threads'),
    filters: positiveInteger(values, 'filters'),
    depth: positiveInteger(values, 'depth'),
    files: values.files.split(','),
  });
  say({ ready: true, node: process.version });
  for await (const line of createInterface({ input: process.stdin })) {
    const [ms, cpuMs]: [number[], number[]] = [[], []];
    for (let left = Number(line); left > 0; left--) {
      const [before, start] = [cpu(), performance.now()];
      await runner.epoch();
      ms.push((performance.now() - start) / runner.parts);
      cpuMs.push((cpu() - before) / runner.parts);
    }
    say({ ms, cpuMs, ...memory() });
  }
  await runner.dispose();
};

await main();
