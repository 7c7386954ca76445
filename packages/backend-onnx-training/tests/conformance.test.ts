import type { ExpectedFailure } from '@delira/backend-conformance';
import { describeBackend } from '@delira/backend-conformance/vitest';
import { createOnnxBackend, type OnnxBackend } from '../src/index.js';

const tolerance = { float32: { rtol: 1e-4, atol: 1e-5 } };

// Exact forms exist (a second pooling of IsNaN), for three more passes over the largest maps of a network.
const xfail: readonly ExpectedFailure[] = [
  { case: 'primitive/maxPool/special-nan/float32', reason: "the engine's MaxPool passes over NaN" },
  {
    case: 'primitive/maxPool/special-infinite/float32',
    reason: "the engine's MaxPool starts from the lowest finite number, so a window of -Infinity gives that",
  },
];

for (const flavour of ['portable', 'tuned'] as const) {
  describeBackend({
    name: `onnx-training (${flavour})`,
    create: () => createOnnxBackend({ flavour, thread: 'inline' }),
    tolerance,
    xfail,
    liveBuffers: async (backend) => {
      const { buffers, executables } = await (backend as OnnxBackend).usage();
      return buffers + executables;
    },
  });
}
