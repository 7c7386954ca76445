import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensurePythonEnvironment } from '../src/pythonEnvironment.js';
import { PythonUnavailableError } from '../src/PythonUnavailableError.js';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'delira-python-'));
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const environment = async (interpreters: readonly string[]): Promise<unknown> => {
  const requirements = join(home, 'requirements.txt');
  await writeFile(requirements, '');
  return ensurePythonEnvironment({
    folder: join(home, 'environment'),
    requirements,
    interpreters,
    report: () => undefined,
  }).catch((error: unknown) => error);
};

test('a machine without Python is told apart from a failure', async () => {
  const error = await environment([join(home, 'no-python')]);
  expect(error).toBeInstanceOf(PythonUnavailableError);
  expect((error as Error).message).toMatch(/^Python peers cannot be had: none of .*no-python starts\. Install Python/);
});

test('an interpreter that cannot make environments leaves nothing that a later call would reuse', async () => {
  const interpreter = join(home, 'fake-python');
  await writeFile(interpreter, '#!/bin/sh\n[ "$1" = -c ] && echo 3.99.0 && exit 0\necho no venv here >&2\nexit 1\n', {
    mode: 0o755,
  });
  const error = await environment([interpreter]);
  expect(error).toBeInstanceOf(PythonUnavailableError);
  expect((error as Error).message).toBe(
    'Python peers cannot be had: Creating a virtual environment failed:\nno venv here',
  );
  expect(existsSync(join(home, 'environment', 'requirements.sha256'))).toBe(false);
});
