import { createOnnxBackend } from '@delira/backend-onnx-training';
import { createRng, ndarray, zeros } from '@delira/core';
import { ArrayDataset, DataLoader } from '@delira/data-loading';
import { crossEntropyLoss } from '@delira/nn';
import { adam } from '@delira/optim';
import { RandomSampler } from '@delira/samplers';
import { Trainer } from '@delira/training';
import { TinyNetwork } from './models/TinyNetwork.js';

const SAMPLES = 64;
const BATCH = 4;

/** `tinyTraining.js STEPS EPOCHS` under `--expose-gc`: prints the memory after each epoch of that many steps, in bytes. */
const [steps = 1000, epochs = 1] = process.argv.slice(2).map(Number);
const rng = createRng(1);
const data = zeros([SAMPLES, 1, 8, 8]);
rng.fillNormal(data.data);
const label = ndarray(
  Int32Array.from({ length: SAMPLES }, () => rng.int(3)),
  [SAMPLES],
  'int32',
);
const dataset = new ArrayDataset({ data, label });
const sampler = new RandomSampler(dataset, { replacement: true, numSamples: steps * BATCH });
const samples: { readonly rss: number; readonly heap: number }[] = [];

const backend = await createOnnxBackend({ threads: 1 });
const trainer = new Trainer({
  network: new TinyNetwork(),
  backend,
  optimizers: { default: adam() },
  losses: { crossEntropy: crossEntropyLoss() },
  progress: false,
  callbacks: [
    {
      async onEpochEnd() {
        // Twice, with a pause: buffers that cross from the engine's thread are freed after their wrappers.
        for (let pass = 0; pass < 2; pass++) {
          globalThis.gc?.();
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
        samples.push({ rss, heap: heapUsed + Math.max(external, arrayBuffers) });
      },
    },
  ],
});
await trainer.fit({ train: new DataLoader({ dataset, batchSize: BATCH, sampler }) }, { epochs });
await trainer.dispose();
await backend.dispose();
process.stdout.write(JSON.stringify(samples));
