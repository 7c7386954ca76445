import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Folders of core/src: each imports only from those before it. `discover` may import any. */
const CORE_FOLDERS = [
  'errors',
  'ndarray',
  'ir',
  'tensor',
  'primitives',
  'passes',
  'ops',
  'autodiff',
  'module',
  'step',
  'backend',
];

const ENGINE = '^(onnxruntime-|@tensorflow/)';
const ENGINE_MESSAGE = 'Only a backend package may import an engine.';
const engines = { regex: ENGINE, message: ENGINE_MESSAGE };

/** Import rule of one place; the last one that matches a file replaces those before it, so each lists all of its patterns. */
const imports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

const nodeFree = {
  regex: '^(node:|(fs|path|url|os|crypto|worker_threads|process|buffer|util)(/|$))',
  message: 'core runs in a browser too: only core/discover may use Node.',
};
const coreFolders = CORE_FOLDERS.map((folder, index) => {
  const later = [...CORE_FOLDERS.slice(index + 1), 'discover', 'index'].join('|');
  return {
    files: [`packages/core/src/${folder}/**/*.ts`],
    rules: imports(engines, nodeFree, {
      regex: `^(\\.\\./)+(${later})(/|\\.js$)`,
      message: `core/src/${folder} may import only from ${['its own folder', ...CORE_FOLDERS.slice(0, index)].join(', ')}.`,
    }),
  };
});

const boundaries = (depConstraints) => [
  'error',
  { allow: [], enforceBuildableLibDependency: false, banTransitiveDependencies: false, depConstraints },
];
const layers = ['0', '1', '2', '3', '4', '5'].map((layer) => `layer:${layer}`);
/** A layer sees the layers below it; what a layer's packages may see of one another is listed by kind. */
const layerConstraints = [
  { sourceTag: 'layer:0', onlyDependOnLibsWithTags: ['layer:0'] },
  ...layers.slice(1, 5).map((sourceTag, index) => ({ sourceTag, onlyDependOnLibsWithTags: layers.slice(0, index + 1) })),
  { sourceTag: 'layer:5', onlyDependOnLibsWithTags: ['*'] },
  { sourceTag: 'layer:dev', onlyDependOnLibsWithTags: layers.slice(0, 3) },
];
const kindConstraints = [
  { sourceTag: 'kind:model', onlyDependOnLibsWithTags: ['kind:core', 'kind:library'] },
  { sourceTag: 'kind:training', onlyDependOnLibsWithTags: ['kind:core', 'kind:library', 'kind:optim'] },
  { sourceTag: 'kind:backend', onlyDependOnLibsWithTags: ['kind:core', 'kind:library'] },
  { sourceTag: 'kind:library', onlyDependOnLibsWithTags: ['kind:core', 'kind:library'] },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', '**/.venv*/**', '**/fixtures/**', '.nx/**'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    rules: {
      ...imports(engines),
      'no-restricted-syntax': [
        'error',
        { selector: `ImportExpression > Literal[value=/${ENGINE.replace('/', '\\/')}/]`, message: ENGINE_MESSAGE },
      ],
      'no-console': 'error',
      eqeqeq: 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // Index arithmetic is everywhere here, and noUncheckedIndexedAccess makes every element possibly undefined.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': boundaries([...layerConstraints, ...kindConstraints]) },
  },
  { files: ['packages/core/src/*.ts'], rules: imports(engines, nodeFree) },
  ...coreFolders,
  { files: ['packages/backend-*/**/*.ts'], rules: { 'no-restricted-imports': 'off', 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly', performance: 'readonly' } },
  },
  {
    files: ['packages/logging/src/**', 'examples/**', 'benchmarks/**', 'tools/**'],
    rules: { 'no-console': 'off' },
  },
);
