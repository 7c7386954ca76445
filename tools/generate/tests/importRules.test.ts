import { ESLint } from 'eslint';
import { join } from 'node:path';
import { configs } from 'typescript-eslint';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const eslint = new ESLint({
  cwd: root,
  // These rules look at imports alone: no program of all files is needed for them.
  overrideConfig: [{ files: ['*/**/*.ts'], ...configs.disableTypeChecked }],
});
const RULES = ['no-restricted-imports', 'no-restricted-syntax', '@nx/enforce-module-boundaries'];

/** What the import rules say about a file of this workspace if it had this text. */
async function complaints(filePath: string, code: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, filePath) });
  const messages = result?.messages ?? [];
  const fatal = messages.find((message) => message.fatal);
  if (fatal) throw new Error(fatal.message);
  return messages.filter(({ ruleId }) => RULES.includes(ruleId ?? '')).map(({ message }) => message);
}

// A package below that tests with one above closes a circle, and the rule then names the circle instead of the tag.
const layer = /can only depend on libs tagged with|Circular dependency between/;
const engine = /Only a backend package may import an engine/;

test.each([
  ['packages/core/src/index.ts', '@delira/nn', layer],
  ['packages/nn/src/index.ts', '@delira/optim', layer],
  ['packages/models-classification/src/index.ts', '@delira/optim', layer],
  ['packages/models-classification/src/index.ts', '@delira/backend-reference', layer],
  ['packages/training/src/index.ts', '@delira/models-classification', layer],
  ['packages/training/src/index.ts', '@delira/backend-onnx-training', layer],
  ['packages/training/src/index.ts', '@delira/optim', undefined],
  ['packages/backend-onnx-training/src/index.ts', '@delira/nn', undefined],
  ['packages/backend-onnx-training/src/index.ts', '@delira/optim', layer],
  ['packages/testkit/src/index.ts', '@delira/training', layer],
  ['packages/nn/src/index.ts', '../../core/src/index.js', /cannot be imported by a relative or absolute path/],
  ['packages/nn/src/index.ts', 'onnxruntime-node', engine],
  ['packages/training/src/index.ts', '@tensorflow/tfjs-core', engine],
  ['packages/backend-onnx-training/src/index.ts', 'onnxruntime-node', undefined],
  ['packages/core/src/index.ts', 'node:fs', /core runs in a browser too/],
  ['packages/core/src/discover/index.ts', 'node:fs', undefined],
  ['packages/core/src/errors/index.ts', '../ndarray/index.js', /core\/src\/errors imports only from itself/],
  ['packages/core/src/ir/index.ts', '../index.js', /core\/src\/ir imports only from errors, ndarray, itself/],
  ['packages/core/src/ir/index.ts', '../ndarray/index.js', undefined],
])('%s importing %s', async (filePath, imported, expected) => {
  const found = await complaints(filePath, `import * as imported from '${imported}';\nexport { imported };\n`);
  if (expected === undefined) expect(found).toEqual([]);
  else expect(found.join('\n')).toMatch(expected);
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
