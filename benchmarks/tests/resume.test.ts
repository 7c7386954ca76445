import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

// As npm run stress starts it: nx builds it before this test.
const program = fileURLToPath(new URL('../dist/stress.js', import.meta.url));

test('a training that is killed, in the middle of a write too, and resumed ends in the same bits', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'resume', '--kills', '4', '--seed', '5']);
  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Readonly<Record<string, unknown>>;
  expect(report).toMatchObject({ bench: 'resume', kills: 4, identical: 4, passed: true });
  expect(report['inWrites']).toBeGreaterThan(0);
}, 120_000);
