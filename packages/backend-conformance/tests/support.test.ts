import { lowerings } from '@delira/backend-reference';
import { portableLowerings } from '@delira/onnx';
import { expect, it } from 'vitest';
import { coverageOf, formatCoverage } from '../src/index.js';

const introduction = `# What each backend computes

Written by \`packages/backend-conformance/tests/support.test.ts\`; to write it anew: \`npx vitest run tests/support.test.ts -u\` in that package.

*native*: a lowering of its own. *decomposed*: through other primitives. The tuned flavour of \`@delira/backend-onnx-training\` has blocked
kernels for convolutions and their gradients, batch norm, pooling and elementwise chains, and uses the portable form for the rest.
`;

it('docs/support.md is current', async () => {
  const table = formatCoverage([coverageOf('reference', lowerings), coverageOf('onnx-training', portableLowerings)]);
  await expect(`${introduction}\n${table}\n`).toMatchFileSnapshot('../../../docs/support.md');
});
