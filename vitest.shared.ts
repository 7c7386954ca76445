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
    // The files of a package share a process and what they import: a process for each took as long as the tests.
    isolate: false,
    testTimeout: 60_000,
    passWithNoTests: false,
    allowOnly: false,
    restoreMocks: true,
  },
});
