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

const LAYERS = ['0', '1', '2', '3', '4'].map((layer) => `layer:${layer}`);
/** A package sees the layers below its own. */
const layerConstraints = [
  { sourceTag: 'layer:0', onlyDependOnLibsWithTags: ['layer:0'] },
  ...LAYERS.slice(1).map((sourceTag, index) => ({ sourceTag, onlyDependOnLibsWithTags: LAYERS.slice(0, index + 1) })),
  { sourceTag: 'layer:5', onlyDependOnLibsWithTags: LAYERS },
  { sourceTag: 'layer:dev', onlyDependOnLibsWithTags: [...LAYERS.slice(0, 3), 'layer:dev'] },
];
/** Models, backends, optimizers and the training loop know nothing of one another, whatever their layers. */
const kindConstraints = [
  { sourceTag: 'kind:library', onlyDependOnLibsWithTags: ['kind:core', 'kind:library'] },
  { sourceTag: 'kind:optim', onlyDependOnLibsWithTags: ['kind:core'] },
  { sourceTag: 'kind:model', onlyDependOnLibsWithTags: ['kind:core', 'kind:library'] },
  { sourceTag: 'kind:backend', onlyDependOnLibsWithTags: ['kind:core', 'kind:library'] },
  { sourceTag: 'kind:training', onlyDependOnLibsWithTags: ['kind:core', 'kind:library', 'kind:optim'] },
];
const anyConstraint = { sourceTag: '*', onlyDependOnLibsWithTags: ['*'] };

const boundaries = (depConstraints) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    { allow: [], enforceBuildableLibDependency: false, banTransitiveDependencies: false, depConstraints },
  ],
});

const ENGINE = '^(onnxruntime-|@tensorflow/)';
const ENGINE_MESSAGE = 'Only a backend package may import an engine.';
const engines = { regex: ENGINE, message: ENGINE_MESSAGE };
const nodeModules = {
  regex: '^(node:|(fs|path|url|os|crypto|worker_threads|process|buffer|util)(/|$))',
  message: 'core runs in a browser too: only core/discover may use Node.',
};

// The last matching entry of a rule replaces those before it, so each use lists all that holds there. A severity without
// options would keep the options of the entry before: nothing to list means off.
const imports = (...patterns) => ({
  'no-restricted-imports': patterns.length === 0 ? 'off' : ['error', { patterns }],
});
const syntax = (...selectors) => ({
  'no-restricted-syntax': selectors.length === 0 ? 'off' : ['error', ...selectors],
});
const engineImport = {
  selector: `ImportExpression > Literal[value=/${ENGINE.replace('/', '\\/')}/]`,
  message: ENGINE_MESSAGE,
};
const focusedOrSkipped = {
  selector:
    'MemberExpression[object.name=/^(it|test|describe|suite)$/][property.name=/^(only|skip|skipIf|runIf|todo|fails)$/]',
  message: 'Every test runs, and is expected to pass.',
};

const coreFolders = CORE_FOLDERS.map((folder, index) => {
  const later = [...CORE_FOLDERS.slice(index + 1), 'discover', 'index'].join('|');
  return {
    files: [`packages/core/src/${folder}/**/*.ts`],
    rules: imports(engines, nodeModules, {
      regex: `^(\\.\\./)+(${later})(/|\\.js$)`,
      message: `core/src/${folder} imports only from ${[...CORE_FOLDERS.slice(0, index), 'itself'].join(', ')}.`,
    }),
  };
});

export default tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', '**/.*/**', '**/fixtures/**', 'examples/*/output/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    plugins: { '@nx': nx },
    rules: {
      ...imports(engines),
      ...syntax(engineImport),
      'no-console': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme'] }],
      eqeqeq: 'error',
      'object-shorthand': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // Index arithmetic is everywhere here, and noUncheckedIndexedAccess makes every element possibly undefined.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['*/**/*.ts'],
    // One program for all files. A program per package, each with the sources of all others, outgrew the heap.
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ['*/**/{src,tests}/**/*.ts'], rules: boundaries([anyConstraint]) },
  { files: ['packages/*/src/**/*.ts'], rules: boundaries([...layerConstraints, ...kindConstraints]) },
  { files: ['packages/core/src/*.ts'], rules: imports(engines, nodeModules) },
  {
    files: ['packages/core/src/**/*.ts'],
    ignores: ['packages/core/src/discover/**'],
    rules: { 'no-restricted-globals': ['error', 'process', 'Buffer', 'global', 'setImmediate'] },
  },
  ...coreFolders,
  { files: ['*/**/tests/**/*.ts'], rules: syntax(engineImport, focusedOrSkipped) },
  { files: ['packages/backend-*/src/**/*.ts'], rules: { ...imports(), ...syntax() } },
  { files: ['packages/backend-*/tests/**/*.ts'], rules: { ...imports(), ...syntax(focusedOrSkipped) } },
  {
    files: ['packages/logging/src/**', 'examples/**', 'benchmarks/**', 'tools/**', 'vitest.setup.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['AbortController', 'Buffer', 'URL', 'clearTimeout', 'console', 'performance', 'process', 'setTimeout'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
);
