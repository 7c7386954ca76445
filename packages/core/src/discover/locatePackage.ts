import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface LocatedPackage {
  readonly version: string;
  /** Absolute path of the file to import. */
  readonly entry: string;
}

interface Manifest {
  readonly version?: string;
  readonly main?: string;
  readonly exports?: unknown;
}

/** What an `exports` entry means to `import` in Node: the first condition that holds, in the order written. */
function importTarget(entry: unknown): string | null {
  if (typeof entry === 'string') return entry;
  if (Array.isArray(entry)) return entry.map(importTarget).find((target) => target !== null) ?? null;
  if (typeof entry !== 'object' || entry === null) return null;
  for (const [condition, value] of Object.entries(entry)) {
    if (!['node', 'import', 'module-sync', 'default'].includes(condition)) continue;
    const target = importTarget(value);
    if (target !== null) return target;
  }
  return null;
}

function entryOf({ main, exports }: Manifest): string | null {
  if (exports === undefined) return main ?? 'index.js';
  const isMap = typeof exports === 'object' && exports !== null && Object.hasOwn(exports, '.');
  return importTarget(isMap ? (exports as Readonly<Record<string, unknown>>)['.'] : exports);
}

/**
 * Finds a package as a file in `folder` would import it, wherever this package lies: with pnpm, core sees only its own dependencies.
 * Null when it is not installed. `import.meta.resolve` cannot do this: its parent is always the calling file.
 */
export function locatePackage(name: string, folder: string): LocatedPackage | null {
  const require = createRequire(join(folder, 'package.json'));
  for (const modules of require.resolve.paths(name) ?? []) {
    const root = join(modules, name);
    if (!existsSync(join(root, 'package.json'))) continue;
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
    const entry = entryOf(manifest);
    if (entry === null || !existsSync(join(root, entry))) return null;
    return { version: manifest.version ?? '0.0.0', entry: realpathSync(join(root, entry)) };
  }
  return null;
}
