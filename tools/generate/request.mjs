import { parseArgs } from 'node:util';

/**
 * What is to be created, read from the command line.
 *
 * @typedef {object} Request
 * @property {string} name folder name, and the npm name after `@delira/`
 * @property {string} folder path from the workspace root
 * @property {boolean} program programs are private, have `src/main.ts` and export nothing
 * @property {string} layer `0` … `5` or `dev`
 * @property {string} kind second tag of the import rules, see CONTRIBUTING.md
 * @property {string} description one line, also the README's first
 * @property {readonly string[]} depends packages of this workspace, without scope
 * @property {readonly string[]} devDepends the same, for tests only
 * @property {readonly string[]} entries extra entry points, `src/<entry>/index.ts` each
 * @property {boolean} worker whether `src/worker.ts` is built beside the entry points
 * @property {readonly { readonly name: string, readonly range: string }[]} peers optional peer dependencies
 */

export const USAGE = `Creates a package of this workspace, with all its files.

  npm run generate -- <name> --layer <n> [options]     a published package: packages/<name>
  npm run generate -- examples/<name> [options]        a private program, also tools/<name> and benchmarks
  npm run generate -- --check                          checks that all packages look alike and that lists are current
  npm run generate -- --sync                           writes those lists anew

Options
  --layer <n>            0 … 5 or dev; a package imports only from lower layers (programs: 5)
  --description <text>   one line
  --depends <a,b>        packages of this workspace it needs, without @delira/
  --dev-depends <a,b>    packages of this workspace its tests need
  --entry <name>         another entry point, @delira/<package>/<name> from src/<name>/index.ts; may be repeated
  --worker               also build src/worker.ts, reached by new URL('./worker.js', import.meta.url)
  --peer <name@range>    an optional peer dependency, such as an engine; may be repeated
  --kind <kind>          core, library, optim, model, training, backend, dev or program; by default from name and layer
  --help                 this text
`;

const LAYERS = ['0', '1', '2', '3', '4', '5', 'dev'];
const KINDS = ['core', 'library', 'optim', 'model', 'training', 'backend', 'dev', 'program'];
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** A wrong command line; its message is shown as it is. */
export class UsageError extends Error {}

/** @param {string | undefined} text */
const list = (text) => (text === undefined || text === '' ? [] : text.split(',').map((item) => item.trim()));

/**
 * @param {string} name
 * @param {string} layer
 * @param {boolean} program
 */
function kindOf(name, layer, program) {
  if (program) return 'program';
  if (layer === 'dev') return 'dev';
  if (name === 'core' || name === 'optim' || name === 'training') return name;
  if (name.startsWith('backend-')) return 'backend';
  return name.startsWith('models-') ? 'model' : 'library';
}

/** @param {string} text */
function peerOf(text) {
  const at = text.lastIndexOf('@');
  if (at < 1) throw new UsageError(`--peer ${text}: expected name@range, such as onnxruntime-node@~1.30.0`);
  return { name: text.slice(0, at), range: text.slice(at + 1) };
}

/**
 * @param {readonly string[]} args the command line after the script's name
 * @returns {{ readonly command: 'help' } | { readonly command: 'check' } | { readonly command: 'sync' } | { readonly command: 'create', readonly request: Request }}
 */
export function parseRequest(args) {
  const { values, positionals } = parseArguments(args);
  if (values.help) return { command: 'help' };
  if (values.check) return { command: 'check' };
  if (values.sync) return { command: 'sync' };
  const [target, ...rest] = positionals;
  if (target === undefined || rest.length > 0)
    throw new UsageError(`Expected one name, got ${positionals.length}. See --help.`);

  const program = target === 'benchmarks' || /^(examples|tools)\//.test(target);
  const name = target.slice(target.indexOf('/') + 1);
  if (!program && target.includes('/'))
    throw new UsageError(`${target}: a path starts with examples/ or tools/; a package is named without one.`);
  if (!NAME.test(name)) throw new UsageError(`${name}: expected lower-case words joined by hyphens.`);

  const layer = values.layer ?? (program ? '5' : undefined);
  if (layer === undefined || !LAYERS.includes(layer))
    throw new UsageError(`--layer ${layer ?? 'is missing'}: expected one of ${LAYERS.join(', ')}.`);
  const kind = values.kind ?? kindOf(name, layer, program);
  if (!KINDS.includes(kind)) throw new UsageError(`--kind ${kind}: expected one of ${KINDS.join(', ')}.`);

  const request = {
    name,
    folder: program ? target : `packages/${name}`,
    program,
    layer,
    kind,
    description: values.description ?? '',
    depends: list(values.depends),
    devDepends: list(values['dev-depends']),
    entries: values.entry ?? [],
    worker: values.worker ?? false,
    peers: (values.peer ?? []).map(peerOf),
  };
  return { command: 'create', request };
}

/** @param {readonly string[]} args */
function parseArguments(args) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        layer: { type: 'string' },
        kind: { type: 'string' },
        description: { type: 'string' },
        depends: { type: 'string' },
        'dev-depends': { type: 'string' },
        entry: { type: 'string', multiple: true },
        worker: { type: 'boolean' },
        peer: { type: 'string', multiple: true },
        check: { type: 'boolean' },
        sync: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} See --help.`);
  }
}
