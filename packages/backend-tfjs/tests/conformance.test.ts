import type { ExpectedFailure } from '@delira/backend-conformance';
import { describeBackend } from '@delira/backend-conformance/vitest';
import { createTfjsBackend, type TfjsBackend } from '../src/index.js';

// An exact form exists (a second pooling of IsNaN), for three more passes over the largest maps of a network.
const xfail: readonly ExpectedFailure[] = [
  { case: 'primitive/maxPool/special-nan/float32', reason: "the engine's MaxPool passes over NaN" },
];

for (const engine of ['cpu', 'wasm'] as const) {
  describeBackend({
    name: `tfjs (${engine})`,
    create: () => createTfjsBackend({ engine }),
    tolerance: { float32: { rtol: 1e-5, atol: 1e-6 } },
    xfail,
    liveBuffers: (backend) => (backend as TfjsBackend).usage().tensors,
  });
}
