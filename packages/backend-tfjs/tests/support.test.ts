import { coverageOf, formatCoverage } from '@delira/backend-conformance';
import { lowerings as referenceLowerings } from '@delira/backend-reference';
import { portableLowerings } from '@delira/onnx';
import { expect, it } from 'vitest';
import { lowerings } from '../src/index.js';

const introduction = `# What each backend computes

Written by \`packages/backend-tfjs/tests/support.test.ts\`; to write it anew: \`npx vitest run tests/support.test.ts -u\` in that package.

*native*: a lowering of its own. *decomposed*: through other primitives. The tuned flavour of \`@delira/backend-onnx-training\`, and of
\`@delira/backend-onnx-inference\` in Node, has blocked kernels for convolutions and their gradients, batch norm, pooling and elementwise chains, and
uses the portable form for the rest. The lowerings of \`@delira/backend-tfjs\` are the same for all its engines: tfjs-node-gpu, tfjs-node, webgpu, wasm and cpu.
`;

it('docs/support.md is current', async () => {
  const table = formatCoverage([
    coverageOf('reference', referenceLowerings),
    coverageOf('onnx-training', portableLowerings),
    coverageOf('tfjs', lowerings),
  ]);
  await expect(`${introduction}\n${table}\n`).toMatchFileSnapshot('../../../docs/support.md');
});
