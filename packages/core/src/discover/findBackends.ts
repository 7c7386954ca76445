import { type KnownBackend, knownBackends } from './knownBackends.js';
import { locatePackage } from './locatePackage.js';

export interface InstalledBackend extends KnownBackend {
  readonly version: string;
  /** Absolute path of the file to import. */
  readonly entry: string;
}

export interface FindOptions {
  /** Folder of the application. Default: the current working directory. */
  readonly from?: string;
  /** Which backends to look for, best first. Default: all known ones. */
  readonly packages?: readonly KnownBackend[];
}

/** The known backend packages the application has installed, best first. Nothing is imported. */
export function findBackends(options: FindOptions = {}): readonly InstalledBackend[] {
  const { from = process.cwd(), packages = knownBackends } = options;
  return packages.flatMap((backend) => {
    const located = locatePackage(backend.package, from);
    return located === null ? [] : [{ ...backend, ...located }];
  });
}
