import { pathToFileURL } from 'node:url';
import type { Backend } from '../backend/index.js';
import { ArgumentError, didYouMean, MissingPackageError, NotFoundError } from '../errors/index.js';
import { findBackends } from './findBackends.js';
import { type KnownBackend, knownBackends } from './knownBackends.js';
import { locatePackage } from './locatePackage.js';

export interface ResolveOptions {
  /** A known backend's name (`'onnx'`) or any package's name. Default: the best one installed. */
  readonly name?: string;
  /** Known backends, best first. Default: those of this version. */
  readonly packages?: readonly KnownBackend[];
  /** Leave out backends that only predict; one asked for by name is taken all the same. Default false. */
  readonly training?: boolean;
  /** Passed to the package's `createBackend`; what it may hold is up to the backend. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Folder of the application. Default: the current working directory. */
  readonly from?: string;
}

function locate({ name, packages = knownBackends, training = false, from = process.cwd() }: ResolveOptions): {
  readonly package: string;
  readonly entry: string;
} {
  const installed = findBackends({ from, packages });
  if (name === undefined) {
    const suits = (backend: KnownBackend): boolean => !training || backend.training !== false;
    const best = installed.find(suits);
    if (best !== undefined) return best;
    const others = installed.map((backend) => backend.name).join(', ');
    throw new MissingPackageError(
      `No backend ${training ? 'that trains ' : ''}is installed for the application in ${from}${others === '' ? '' : `, only ${others}`}. ` +
        `Install one: ${packages
          .filter(suits)
          .map(({ install }) => install)
          .join('  ·  ')}`,
    );
  }
  const known = packages.find((backend) => backend.name === name || backend.package === name);
  if (known !== undefined) {
    const found = installed.find((backend) => backend.package === known.package);
    if (found !== undefined) return found;
    throw new MissingPackageError(
      `The backend "${known.name}" is not installed for the application in ${from}. Run: ${known.install}`,
    );
  }
  const located = locatePackage(name, from);
  if (located !== null) return { package: name, entry: located.entry };
  const names = packages.map((backend) => backend.name);
  throw new NotFoundError(
    `There is no backend called "${name}", and no such package is installed for the application in ${from}.${didYouMean(name, names)} ` +
      `Known: ${names.join(', ')}. Installed: ${installed.map((backend) => backend.name).join(', ') || 'none'}.`,
  );
}

/**
 * Imports a backend package the application has installed and creates its backend. The environment variable `DELIRA_BACKEND` (a name or
 * a package) overrides `name`.
 *
 * @throws MissingPackageError naming the command that installs a backend; NotFoundError for an unknown name; ArgumentError for a package
 * without `createBackend`; and whatever the backend throws, for example when its engine is not installed.
 */
export async function resolveBackend(options: ResolveOptions = {}): Promise<Backend> {
  const override = process.env['DELIRA_BACKEND'];
  const found = locate(override === undefined || override === '' ? options : { ...options, name: override });
  const module = (await import(pathToFileURL(found.entry).href)) as {
    readonly createBackend?: (options?: Readonly<Record<string, unknown>>) => Backend | Promise<Backend>;
  };
  if (typeof module.createBackend !== 'function')
    throw new ArgumentError(
      `The package "${found.package}" is not a backend: it exports no createBackend(options). Name another package, or update it.`,
    );
  return module.createBackend(options.options);
}
