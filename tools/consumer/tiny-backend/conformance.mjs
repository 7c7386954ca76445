import { conformanceCases, createContext, runCase } from '@delira/backend-conformance';
import { resolveBackend } from '@delira/core/discover';

const create = () => resolveBackend({ name: 'tiny-backend' });
const context = await createContext({ create, tolerance: { float32: { rtol: 1e-5, atol: 1e-6 } } });
const cases = conformanceCases({ capabilities: context.backend.capabilities });
let failed = 0;
for (const conformance of cases) {
  try {
    await runCase(conformance, context);
  } catch (error) {
    failed++;
    console.log(`${conformance.id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
await context.backend.dispose();
console.log(`${cases.length - failed} of ${cases.length} cases pass`);
process.exitCode = failed === 0 ? 0 : 1;
