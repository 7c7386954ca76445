import { join } from 'node:path';
import type { Check, CheckRow } from '../Check.js';
import { repositoryRoot } from '../repositoryRoot.js';
import { lastLines, runProcess } from '../runProcess.js';

interface FixtureRow {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly state: 'written' | 'same' | 'differs';
}

/** Runs the recorder; with `check` it compares with what is recorded and writes nothing. */
export async function recordFixtures(python: string, check: boolean): Promise<readonly FixtureRow[]> {
  const script = join(repositoryRoot, 'tools/interop/python/recordFixtures.py');
  const parameters = [script, '--root', repositoryRoot, ...(check ? ['--check'] : [])];
  const { stdout, stderr } = await runProcess(python, parameters, { environment: { PYTHONDONTWRITEBYTECODE: '1' } });
  const last = lastLines(stdout, 1);
  if (!last.startsWith('[')) throw new Error(`The fixture recorder stopped:\n${lastLines(stderr, 8)}`);
  return JSON.parse(last) as readonly FixtureRow[];
}

/** The numbers `npm test` compares with are still the ones the peers compute. */
export const recordedFixtures: Check = {
  name: 'fixtures',
  description: 'the recorded PyTorch and scikit-learn numbers are what the installed peers compute',
  async run({ python }) {
    const rows = await recordFixtures(await python(), true);
    return rows.map(({ path, state }): CheckRow => ({
      subject: path,
      measured: state,
      expected: 'same (1e-8)',
      state: state === 'same' ? 'passed' : 'failed',
    }));
  },
};
