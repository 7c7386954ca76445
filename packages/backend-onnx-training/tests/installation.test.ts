import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const threads = ['inline', 'worker', 'process'] as const;

/** A fresh application with the built packages, and no engine anywhere above it. */
function install(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'delira-installation-')));
  for (const name of ['core', 'onnx', 'backend-onnx-training']) {
    for (const part of ['package.json', 'dist'])
      cpSync(join(packages, name, part), join(folder, 'node_modules/@delira', name, part), { recursive: true });
  }
  cpSync(join(packages, 'backend-onnx-training/tests/programs/sayWhyNotStarted.mjs'), join(folder, 'program.mjs'));
  return folder;
}

function installEngine(folder: string, source: string): void {
  const engine = join(folder, 'node_modules/onnxruntime-node');
  mkdirSync(engine, { recursive: true });
  writeFileSync(
    join(engine, 'package.json'),
    '{ "name": "onnxruntime-node", "version": "1.30.0", "main": "index.js" }',
  );
  writeFileSync(join(engine, 'index.js'), source);
}

function start(folder: string, thread: string): unknown {
  return JSON.parse(
    execFileSync(process.execPath, [join(folder, 'program.mjs'), thread], { timeout: 20_000 }).toString(),
  );
}

let folder = '';
beforeAll(() => {
  folder = install();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an installation without the engine', () => {
  it.each(threads)('is told the command that installs it (%s)', (thread) => {
    expect(start(folder, thread)).toEqual({
      name: 'MissingPackageError',
      code: 'MISSING_PACKAGE',
      message:
        'The engine onnxruntime-node is not installed. For the CPU: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@~1.30 (without the variable it also fetches CUDA 12 files).',
      isTyped: true,
    });
  });
});

describe('an installation whose engine does not start', () => {
  it.each(threads)('is told what it said and what it needs (%s)', (thread) => {
    installEngine(folder, "throw new Error('libonnxruntime.so.1: cannot open shared object file')");
    expect(start(folder, thread)).toEqual({
      name: 'EngineError',
      code: 'ENGINE',
      message:
        'onnxruntime-node is installed but does not start: libonnxruntime.so.1: cannot open shared object file. It needs a 64-bit Linux with glibc 2.28+, macOS 14+ or Windows 10+; reinstall it with ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@~1.30.',
      isTyped: true,
    });
  });

  it('does not take something missing inside of the engine for a missing engine', () => {
    installEngine(folder, "require('onnxruntime-common')");
    expect(start(folder, 'inline')).toMatchObject({ code: 'ENGINE' });
  });
});
