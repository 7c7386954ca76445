import type { Backend, Json } from '@delira/core';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a run was made with: enough to tell why another one differs. */
export interface Environment {
  /** Versions of this project's packages. */
  readonly packages: Readonly<Record<string, string>>;
  readonly node: string;
  /** Such as `'linux-x64'`. */
  readonly platform: string;
  /** The backend's name, and what it says of its engine. */
  readonly engine: { readonly name: string; readonly info: Json };
  /** Of the folder the process was started in; null outside of a repository. */
  readonly git: { readonly commit: string; readonly isClean: boolean } | null;
}

export async function describeEnvironment(backend: Backend): Promise<Environment> {
  return {
    packages: packageVersions(`@delira/backend-${backend.name}`),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    engine: { name: backend.name, info: 'info' in backend ? plain(backend.info) : null },
    git: await gitCommit(),
  };
}

interface PackageManifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function packageVersions(backend: string): Record<string, string> {
  const places = [createRequire(import.meta.url), createRequire(join(process.cwd(), 'package.json'))];
  const manifestOf = (name: string): PackageManifest | null => {
    for (const require of places) {
      try {
        return require(`${name}/package.json`) as PackageManifest;
      } catch {
        // Not to be found from there.
      }
    }
    return null;
  };
  const own = '@delira/training';
  const names = [own, ...Object.keys(manifestOf(own)?.dependencies ?? {}), backend];
  return Object.fromEntries(
    names
      .filter((name) => name.startsWith('@delira/'))
      .sort()
      .flatMap((name) => {
        const version = manifestOf(name)?.version;
        return version === undefined ? [] : [[name, version] as const];
      }),
  );
}

async function gitCommit(): Promise<Environment['git']> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { timeout: 10_000, maxBuffer: 2 ** 26 })).stdout.trim();
  try {
    return { commit: await git('rev-parse', 'HEAD'), isClean: (await git('status', '--porcelain')) === '' };
  } catch {
    // No git, or no repository.
    return null;
  }
}

function plain(value: unknown): Json {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null') as Json;
  } catch {
    return null;
  }
}
