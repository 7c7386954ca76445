// Trains the tiny network in a folder, goes on from the checkpoint there if there is one, and saves after every step.
// node train.js <folder> <milliseconds per call of the engine>
import { CsvHandler, JsonlHandler, Logger } from '@delira/logging';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, tinyLoaders, tinyTrainer } from '../support/tinyTraining.js';
import { watchedBackend } from '../support/watchedBackend.js';

const [folder = '.', pause = '0'] = process.argv.slice(2);
const checkpoint = join(folder, 'last.safetensors');
const logger = new Logger({
  handlers: [
    new CsvHandler({ path: join(folder, 'epochs.csv') }),
    new JsonlHandler({ path: join(folder, 'history.jsonl') }),
  ],
});
const trainer = tinyTrainer({
  backend: watchedBackend(() => new Promise((resolve) => setTimeout(resolve, Number(pause)))),
  logger,
  savePath: folder,
  stepsPerCall: 2,
  callbacks: [
    {
      onBatchEnd: async (run) => {
        await run.save(checkpoint);
        process.stdout.write(`step ${run.step}\n`);
      },
    },
  ],
});
process.stdout.write('ready\n');
const result = await trainer.fit(tinyLoaders(), {
  epochs: 3,
  ...(existsSync(checkpoint) ? { resume: checkpoint } : {}),
});
logger.close();
const { signal, stopped, step, history } = result;
process.stdout.write(`${JSON.stringify({ signal, stopped, step, history, digest: await digestOf(trainer) })}\n`);
process.exitCode = signal === null ? 0 : signal === 'SIGINT' ? 130 : 143;
