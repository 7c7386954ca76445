import { describeBackend } from '@delira/backend-conformance/vitest';
import { createOnnxBackend } from '../src/index.js';

const tolerance = { float32: { rtol: 1e-4, atol: 1e-5 } };

for (const flavour of ['portable'] as const) {
  describeBackend({
    name: `onnx-training (${flavour})`,
    create: () => createOnnxBackend({ flavour, thread: 'inline' }),
    tolerance,
  });
}
