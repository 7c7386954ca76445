/** @typedef {import('./request.mjs').Request} Request */
/** @typedef {Record<string, unknown>} Json */

export const ENGINES = { node: '^20.19.0 || ^22.12.0 || >=24.0.0' };
const FIRST_VERSION = '0.1.0';
const SOURCE_CONDITION = '@delira/source';

/** @param {string} output @param {string} source */
const entryPoint = (output, source) => ({
  [SOURCE_CONDITION]: `./${source}`,
  types: `./dist/${output}.d.ts`,
  default: `./dist/${output}.js`,
});

/** @param {readonly string[]} entries extra entry points */
export function exportsOf(entries) {
  /** @type {Json} */
  const exports = { '.': entryPoint('index', 'src/index.ts') };
  for (const entry of entries) exports[`./${entry}`] = entryPoint(entry, `src/${entry}/index.ts`);
  exports['./package.json'] = './package.json';
  return exports;
}

/** @param {boolean} program */
export function scriptsOf(program) {
  const common = { build: 'tsup', typecheck: 'tsc -p tsconfig.json', lint: 'eslint .' };
  return program ? common : { ...common, test: 'vitest run' };
}

/** @param {Json} record */
const sorted = (record) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * @param {Request} request
 * @param {(name: string) => string} versionOf current version of a package of this workspace
 */
export function packageJsonOf(request, versionOf) {
  // A program is never published, so it takes whichever version stands beside it.
  const rangeOf = (/** @type {string} */ name) => (request.program ? '*' : `^${versionOf(name)}`);
  /** @param {readonly string[]} names */
  const internal = (names) => Object.fromEntries(names.map((name) => [`@delira/${name}`, rangeOf(name)]));
  const peers = Object.fromEntries(request.peers.map(({ name, range }) => [name, range]));
  const dependencies = internal(request.depends);
  const devDependencies = sorted({ ...internal(request.devDepends), ...peers });

  /** @type {Json} */
  const json = {
    name: `@delira/${request.name}`,
    version: request.program ? '0.0.0' : FIRST_VERSION,
    ...(request.program ? { private: true } : {}),
    description: request.description,
    license: 'Apache-2.0',
    type: 'module',
    ...(request.program
      ? {}
      : { sideEffects: false, engines: ENGINES, files: ['dist', 'src'], exports: exportsOf(request.entries) }),
    scripts: scriptsOf(request.program),
  };
  if (request.depends.length > 0) json['dependencies'] = sorted(dependencies);
  if (request.peers.length > 0) {
    json['peerDependencies'] = peers;
    json['peerDependenciesMeta'] = Object.fromEntries(request.peers.map(({ name }) => [name, { optional: true }]));
  }
  if (Object.keys(devDependencies).length > 0) json['devDependencies'] = devDependencies;

  /** @type {Json} */
  const nx = { name: request.name, tags: [`layer:${request.layer}`, `kind:${request.kind}`] };
  // A worker cannot be started from sources: its tests run what is built.
  if (request.worker) nx['targets'] = { test: { dependsOn: ['^build', 'build'] } };
  json['nx'] = nx;
  return json;
}

/** @param {Request} request */
function tsupConfigOf(request) {
  /** @param {readonly (readonly [string, string])[]} pairs */
  const record = (pairs) => `{ ${pairs.map(([key, value]) => `${key}: '${value}'`).join(', ')} }`;
  const key = (/** @type {string} */ name) => (/^[a-z]+$/.test(name) ? name : `'${name}'`);
  const options = [];
  if (request.program) options.push(`entry: {}`, `untyped: ${record([['main', 'src/main.ts']])}`);
  if (request.entries.length > 0) {
    /** @type {(readonly [string, string])[]} */
    const pairs = [['index', 'src/index.ts']];
    for (const entry of request.entries) pairs.push([key(entry), `src/${entry}/index.ts`]);
    options.push(`entry: ${record(pairs)}`);
  }
  if (request.worker) options.push(`untyped: ${record([['worker', 'src/worker.ts']])}`);
  const call = options.length === 0 ? 'preset()' : `preset({ ${options.join(', ')} })`;
  return `import { defineConfig } from 'tsup';\nimport { preset } from '../../tsup.preset.js';\n\nexport default defineConfig(${call});\n`;
}

/** @param {Request} request */
function readmeOf(request) {
  const title = request.program ? request.name : `@delira/${request.name}`;
  const install = request.program
    ? ''
    : `\n\`\`\`sh\nnpm install ${[`@delira/${request.name}`, ...request.peers.map(({ name }) => name)].join(' ')}\n\`\`\`\n`;
  return `# ${title}\n\n${request.description}.\n${install}`;
}

/**
 * Every file of a new package or program, by its path inside the folder.
 *
 * @param {Request} request
 * @param {{ readonly versionOf: (name: string) => string, readonly license: string }} workspace
 * @returns {ReadonlyMap<string, string>}
 */
export function filesOf(request, workspace) {
  const up = request.folder
    .split('/')
    .map(() => '..')
    .join('/');
  /** @type {Map<string, string>} */
  const files = new Map();
  files.set('package.json', `${JSON.stringify(packageJsonOf(request, workspace.versionOf), null, 2)}\n`);
  files.set(
    'tsconfig.json',
    '{\n  "extends": "../../tsconfig.base.json",\n  "include": ["src", "tests", "*.config.ts"]\n}\n',
  );
  files.set('tsup.config.ts', tsupConfigOf(request));
  files.set('README.md', readmeOf(request));
  if (request.program) {
    files.set('src/main.ts', 'export {};\n');
  } else {
    files.set('LICENSE', workspace.license);
    files.set(
      'vitest.config.ts',
      `import { defineConfig, mergeConfig } from 'vitest/config';\nimport shared from '../../vitest.shared.js';\n\nexport default mergeConfig(shared, defineConfig({ test: { name: '${request.name}' } }));\n`,
    );
    files.set('src/index.ts', 'export {};\n');
  }
  for (const entry of request.entries) files.set(`src/${entry}/index.ts`, 'export {};\n');
  if (request.worker) files.set('src/worker.ts', 'export {};\n');
  for (const [path, text] of files) if (!path.endsWith('LICENSE')) files.set(path, text.replaceAll('../../', `${up}/`));
  return files;
}
