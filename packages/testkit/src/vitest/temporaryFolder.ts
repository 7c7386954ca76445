import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * An empty folder that is removed when the test ends, for tests and `beforeEach` (Node only).
 *
 * @throws Error outside of a test: in `beforeAll`, say, where a folder has no test to go with.
 */
export function temporaryFolder(): string {
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const folder = mkdtempSync(join(tmpdir(), 'delira-'));
  return folder;
}
