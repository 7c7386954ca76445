import type { ExpectedFailure } from '@delira/backend-conformance';
import { describeBackend } from '@delira/backend-conformance/vitest';
import { createOnnxInferenceBackend } from '../src/index.js';
import { createOnnxInferenceBackend as createWebBackend } from '../src/web/index.js';

const tolerance = { float32: { rtol: 1e-4, atol: 1e-5 } };

const xfail: readonly ExpectedFailure[] = [
  { case: 'primitive/maxPool/special-nan/float32', reason: "the engine's MaxPool passes over NaN" },
  {
    case: 'primitive/maxPool/special-infinite/float32',
    reason: "the engine's MaxPool starts from the lowest finite number, so a window of -Infinity gives that",
  },
];

for (const flavour of ['portable', 'tuned'] as const) {
  describeBackend({
    name: `onnx-inference (${flavour})`,
    create: () => createOnnxInferenceBackend({ flavour }),
    tolerance,
    xfail,
  });
}
describeBackend({
  name: 'onnx-inference (web)',
  create: () => createWebBackend({ threads: 1 }),
  tolerance,
  xfail,
});
