import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const node = '@delira/backend-onnx-inference';
const web = '@delira/backend-onnx-inference/web';

/** A fresh application with the built packages, and no engine anywhere above it. */
function install(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'delira-installation-')));
  for (const name of ['core', 'onnx', 'backend-onnx-inference'])
    for (const part of ['package.json', 'dist'])
      cpSync(join(packages, name, part), join(folder, 'node_modules/@delira', name, part), { recursive: true });
  cpSync(join(packages, 'backend-onnx-inference/tests/programs/sayWhyNotStarted.mjs'), join(folder, 'program.mjs'));
  return folder;
}

function installEngine(folder: string, name: string, source: string): void {
  const engine = join(folder, 'node_modules', name);
  mkdirSync(engine, { recursive: true });
  const json = { name, version: '1.30.0', exports: { '.': './index.cjs', './wasm': './index.cjs' } };
  writeFileSync(join(engine, 'package.json'), JSON.stringify(json));
  writeFileSync(join(engine, 'index.cjs'), source);
}

function start(folder: string, entry: string): unknown {
  return JSON.parse(
    execFileSync(process.execPath, [join(folder, 'program.mjs'), entry], { timeout: 20_000 }).toString(),
  );
}

let folder = '';
beforeAll(() => {
  folder = install();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an installation without the engine', () => {
  it.each([
    [
      node,
      'The engine onnxruntime-node is not installed. Run: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@~1.30 (without the variable it also fetches CUDA 12 files)',
    ],
    [web, 'The engine onnxruntime-web is not installed. Run: npm install onnxruntime-web@~1.30'],
  ])('is told the command that installs it (%s)', (entry, message) => {
    const expected = { name: 'MissingPackageError', code: 'MISSING_PACKAGE', message, isTyped: true };
    expect(start(folder, entry)).toEqual(expected);
  });
});

describe('an installation whose engine does not start', () => {
  it.each([
    [node, 'onnxruntime-node'],
    [web, 'onnxruntime-web'],
  ])('is told what it said (%s)', (entry, name) => {
    installEngine(folder, name, "throw new Error('libonnxruntime.so.1: cannot open shared object file')");
    expect(start(folder, entry)).toMatchObject({
      code: 'ENGINE',
      isTyped: true,
      message: expect.stringContaining(
        `${name} is installed but does not start: libonnxruntime.so.1: cannot open shared object file. Install it again with: `,
      ) as unknown,
    });
  });

  it('does not take something missing inside of the engine for a missing engine', () => {
    installEngine(folder, 'onnxruntime-node', "require('onnxruntime-common')");
    expect(start(folder, node)).toMatchObject({ code: 'ENGINE' });
  });
});
