import { ESLint } from 'eslint';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const eslint = new ESLint({ cwd: root });
const RULES = ['no-restricted-imports', 'no-restricted-syntax', '@nx/enforce-module-boundaries'];

/** What the import rules say about a file of this workspace if it had this text. */
async function complaints(filePath: string, code: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, filePath) });
  const messages = result?.messages ?? [];
  const fatal = messages.find((message) => message.fatal);
  if (fatal) throw new Error(fatal.message);
  return messages.filter(({ ruleId }) => RULES.includes(ruleId ?? '')).map(({ message }) => message);
}

test.each([
  ['packages/core/src/index.ts', '@delira/nn', 'Circular dependency between "core" and "nn"'],
  ['packages/nn/src/index.ts', '@delira/optim', 'tagged with "layer:1" can only depend on libs tagged with "layer:0"'],
  ['packages/models-classification/src/index.ts', '@delira/optim', 'tagged with "kind:model" can only depend on'],
  ['packages/models-classification/src/index.ts', '@delira/backend-reference', 'tagged with "kind:model"'],
  ['packages/training/src/index.ts', '@delira/models-classification', 'tagged with "kind:training"'],
  ['packages/training/src/index.ts', '@delira/backend-onnx-training', 'tagged with "kind:training"'],
  ['packages/backend-onnx-training/src/index.ts', '@delira/nn', undefined],
  ['packages/backend-onnx-training/src/index.ts', '@delira/optim', 'tagged with "kind:backend"'],
  ['packages/testkit/src/index.ts', '@delira/training', 'tagged with "layer:dev"'],
  ['packages/training/src/index.ts', '@delira/optim', undefined],
  ['packages/nn/src/index.ts', '../../core/src/index.js', 'cannot be imported by a relative or absolute path'],
  ['packages/nn/src/index.ts', 'onnxruntime-node', 'Only a backend package may import an engine'],
  ['packages/training/src/index.ts', '@tensorflow/tfjs-core', 'Only a backend package may import an engine'],
  ['packages/backend-onnx-training/src/index.ts', 'onnxruntime-node', undefined],
  ['packages/core/src/index.ts', 'node:fs', 'core runs in a browser too'],
  ['packages/core/src/discover/index.ts', 'node:fs', undefined],
  ['packages/core/src/errors/index.ts', '../ndarray/index.js', 'core/src/errors imports only from itself'],
  ['packages/core/src/ir/index.ts', '../index.js', 'core/src/ir imports only from errors, ndarray, itself'],
  ['packages/core/src/ir/index.ts', '../ndarray/index.js', undefined],
])('%s importing %s', async (filePath, imported, expected) => {
  const found = await complaints(filePath, `import * as imported from '${imported}';\nexport { imported };\n`);
  if (expected === undefined) expect(found).toEqual([]);
  else expect(found.join('\n')).toContain(expected);
});

test('an engine imported at run time is found as well', async () => {
  const code = "export const load = () => import('onnxruntime-node');\n";
  expect(await complaints('packages/nn/src/index.ts', code)).toEqual(['Only a backend package may import an engine.']);
  expect(await complaints('packages/backend-onnx-training/src/index.ts', code)).toEqual([]);
});

test.each(['only', 'skip', 'todo', 'fails'])('a test marked %s is found', async (mark) => {
  const code = `import { expect, test } from 'vitest';\n\ntest.${mark}('one', () => {\n  expect(1).toBe(1);\n});\n`;
  const found = await complaints('tools/generate/tests/importRules.test.ts', code);
  expect(found).toEqual(['Every test runs, and is expected to pass.']);
});
