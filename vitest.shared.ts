import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const conditions = ['@delira/source', 'module', 'node', 'development|production'];

/** Merged into the configuration of every package: packages see each other through their sources, so no build is needed. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
    setupFiles: [fileURLToPath(new URL('./vitest.setup.ts', import.meta.url))],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
    passWithNoTests: false,
    allowOnly: false,
    restoreMocks: true,
  },
});
