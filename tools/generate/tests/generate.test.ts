import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const tool = join(import.meta.dirname, '..');
let root: string;

const generate = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/generate/generate.mjs'), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const json = (path: string) => JSON.parse(read(path)) as Record<string, unknown>;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'delira-generate-'));
  mkdirSync(join(root, 'packages'));
  mkdirSync(join(root, 'tools/generate'), { recursive: true });
  for (const file of ['generate', 'request', 'files', 'workspace', 'table', 'check', 'lockFile'])
    cpSync(join(tool, `${file}.mjs`), join(root, `tools/generate/${file}.mjs`));
  writeFileSync(join(root, 'LICENSE'), 'the license\n');
  writeFileSync(
    join(root, 'README.md'),
    '# delira\n\n<!-- packages: written by `npm run generate -- --sync` -->\n<!-- /packages -->\n\nThe end.\n',
  );
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

test('a package gets all its files, and a row in the README', () => {
  expect(generate('core', '--layer', '0', '--description', 'Arrays').status).toBe(0);

  for (const file of ['LICENSE', 'README.md', 'tsconfig.json', 'tsup.config.ts', 'vitest.config.ts', 'src/index.ts'])
    expect(existsSync(join(root, 'packages/core', file)), file).toBe(true);
  expect(json('packages/core/package.json')).toMatchObject({
    name: '@delira/core',
    version: '0.1.0',
    description: 'Arrays',
    nx: { name: 'core', tags: ['layer:0', 'kind:core'] },
  });
  expect(read('README.md')).toBe(`# delira

<!-- packages: written by \`npm run generate -- --sync\` -->

| layer | package                         | what it is |
| ----- | ------------------------------- | ---------- |
| 0     | [\`@delira/core\`](packages/core) | Arrays     |

<!-- /packages -->

The end.
`);
  expect(generate('--check').stdout).toContain('All packages look alike');
});

test('dependencies, peers, entries and a worker reach package.json and the build', () => {
  generate('core', '--layer', '0', '--description', 'Arrays');
  const core = json('packages/core/package.json');
  writeFileSync(join(root, 'packages/core/package.json'), JSON.stringify({ ...core, version: '0.4.2' }));
  const args = ['--depends', 'core', '--entry', 'node', '--worker', '--peer', 'some-engine@~1.30.0'];
  expect(generate('backend-x', '--layer', '3', '--description', 'Runs', ...args).status).toBe(0);

  expect(json('packages/backend-x/package.json')).toMatchObject({
    exports: {
      './node': {
        '@delira/source': './src/node/index.ts',
        types: './dist/node.d.ts',
        default: './dist/node.js',
      },
    },
    dependencies: { '@delira/core': '^0.4.2' },
    peerDependencies: { 'some-engine': '~1.30.0' },
    peerDependenciesMeta: { 'some-engine': { optional: true } },
    devDependencies: { 'some-engine': '~1.30.0' },
    nx: { tags: ['layer:3', 'kind:backend'], targets: { test: { dependsOn: ['^build', 'build'] } } },
  });
  expect(read('packages/backend-x/tsup.config.ts')).toContain(
    "preset({ entry: { index: 'src/index.ts', node: 'src/node/index.ts' }, untyped: { worker: 'src/worker.ts' } })",
  );
  expect(existsSync(join(root, 'packages/backend-x/src/worker.ts'))).toBe(true);
});

test('a program is private, exports nothing and stays out of the README', () => {
  generate('core', '--layer', '0', '--description', 'Arrays');
  const before = read('README.md');
  expect(generate('examples/first', '--depends', 'core', '--description', 'Shows it').status).toBe(0);

  const program = json('examples/first/package.json');
  expect(program).toMatchObject({ name: '@delira/first', private: true, dependencies: { '@delira/core': '*' } });
  expect(program).not.toHaveProperty('exports');
  expect(read('examples/first/tsup.config.ts')).toContain("from '../../tsup.preset.js'");
  expect(read('README.md')).toBe(before);
});

test('a file that is there already is kept', () => {
  mkdirSync(join(root, 'packages/core/src'), { recursive: true });
  writeFileSync(join(root, 'packages/core/src/index.ts'), 'export const kept = true;\n');
  generate('core', '--layer', '0', '--description', 'Arrays');
  expect(read('packages/core/src/index.ts')).toBe('export const kept = true;\n');
});

test.each([
  [['core', '--layer', '0'], 'packages/core exists already'],
  [['nn', '--layer', '1', '--depends', 'ghost'], '@delira/ghost does not exist'],
  [['nn'], '--layer is missing: expected one of 0, 1, 2, 3, 4, 5, dev'],
  [['nn', '--layer', '9'], '--layer 9: expected one of'],
  [['Nn', '--layer', '1'], 'Nn: expected lower-case words'],
  [['other/nn', '--layer', '1'], 'a path starts with examples/ or tools/'],
  [['nn', '--layer', '1', '--kind', 'odd'], '--kind odd: expected one of'],
  [['nn', '--layer', '1', '--peer', 'engine'], 'expected name@range'],
  [['nn', '--wrong'], "Unknown option '--wrong'"],
  [[], 'Expected one name, got 0'],
])('%j is refused and writes nothing', (args, message) => {
  generate('core', '--layer', '0', '--description', 'Arrays');
  const { status, stderr } = generate(...args);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
  expect(existsSync(join(root, 'packages/nn'))).toBe(false);
});

test('--check names each departure', () => {
  generate('core', '--layer', '0', '--description', 'Arrays');
  generate('nn', '--layer', '1', '--description', 'Layers', '--depends', 'core');
  const nn = json('packages/nn/package.json');
  writeFileSync(
    join(root, 'packages/nn/package.json'),
    JSON.stringify({
      ...nn,
      files: ['dist'],
      scripts: {},
      dependencies: { '@delira/core': '^0.3.0' },
      nx: { name: 'nn', tags: ['layer:1'] },
    }),
  );
  writeFileSync(join(root, 'packages/nn/LICENSE'), 'another\n');
  rmSync(join(root, 'packages/nn/README.md'));
  writeFileSync(join(root, 'README.md'), read('README.md').replace('Layers', 'Layer'));

  const { status, stderr } = generate('--check');
  expect(status).toBe(1);
  for (const problem of [
    '"files" is ["dist"], expected ["dist","src"]',
    'script "build" is undefined, expected "tsup"',
    '@delira/core is "^0.3.0", expected "^0.1.0"',
    'has no kind:… tag',
    'packages/nn/LICENSE differs',
    'packages/nn/README.md is missing',
    'the package table is out of date',
  ])
    expect(stderr).toContain(problem);
});

test('--check finds optional dependencies that the lock file lacks', () => {
  generate('core', '--layer', '0', '--description', 'Arrays');
  const packages = {
    'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-linux': '1.0.0', 'a-windows': '1.0.0' } },
    'node_modules/a/node_modules/b': { version: '2.0.0', optionalDependencies: { 'b-linux': '2.0.0', c: '1.0.0' } },
    'node_modules/a-linux': { version: '1.0.0' },
    'node_modules/a/node_modules/c': { version: '1.0.0' },
  };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));

  const { status, stderr } = generate('--check');
  expect(status).toBe(1);
  expect(stderr.match(/needs \S+, which is missing/g)).toEqual([
    'needs a-windows, which is missing',
    'needs b-linux, which is missing',
  ]);
});

test('--help says how', () => {
  const help = execFileSync(process.execPath, [join(root, 'tools/generate/generate.mjs'), '--help'], {
    encoding: 'utf8',
  });
  expect(help).toContain('npm run generate -- <name> --layer <n>');
});
