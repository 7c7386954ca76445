import type { Json } from '@delira/core';
import { type FileSystem, nodeFileSystem, writeFileAtomic } from '@delira/io';
import { join } from 'node:path';
import { RunFolderError } from '../errors.js';
import { readText } from '../readText.js';
import type { Environment } from './describeEnvironment.js';
import type { SplitOptions } from './splitDataset.js';

/** A cross-validation that was begun. */
export interface KFoldTask extends SplitOptions {
  readonly kind: 'kfold';
  /** Samples of the whole dataset. */
  readonly samples: number;
  /** Outputs of the test samples that are stored; null for none. */
  readonly outputs: readonly string[] | null;
}

/** What was begun in a folder. */
export type Task = { readonly kind: 'created' } | { readonly kind: 'run' } | KFoldTask;

/** What an experiment's folder says of itself: plain data, no code. */
export interface Manifest {
  readonly format: 'delira-experiment';
  readonly version: 1;
  readonly name: string;
  readonly seed: number;
  readonly epochs: number;
  /** The tree of its `Parameters`. */
  readonly parameters: Json;
  readonly task: Task;
  /** One for each time it was begun or resumed. */
  readonly sessions: readonly { readonly started: string; readonly environment: Environment }[];
}

export const FORMAT = 'delira-experiment';
export const VERSION = 1;

/** @returns null when there is none. @throws RunFolderError for the manifest of another version, or a file that is none. */
export async function findManifest(folder: string, files: FileSystem = nodeFileSystem): Promise<Manifest | null> {
  const path = join(folder, 'manifest.json');
  const text = await readText(path, files);
  if (text === null) return null;
  const manifest = parse(text);
  if (manifest?.format !== FORMAT || typeof manifest.name !== 'string' || typeof manifest.task !== 'object')
    throw new RunFolderError(
      `${path} is not the manifest of an experiment, or it is damaged. Use another folder; its checkpoints can be loaded by their paths.`,
      folder,
      'foreign',
    );
  if (manifest.version !== VERSION)
    throw new RunFolderError(
      `${folder} holds an experiment of format version ${String(manifest.version)}; this program knows version ${VERSION}. Use the version of @delira/training that made it${sessionVersion(manifest)}, or another folder.`,
      folder,
      'version',
    );
  return manifest as Manifest;
}

/**
 * What an experiment's folder holds.
 *
 * @throws RunFolderError when it is no experiment's, or that of another version.
 */
export async function readManifest(folder: string, files: FileSystem = nodeFileSystem): Promise<Manifest> {
  const manifest = await findManifest(folder, files).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOTDIR')) throw cause;
    return null;
  });
  if (manifest === null)
    throw new RunFolderError(
      `There is no experiment in ${folder}: it is no folder with a manifest.json. Check the path.`,
      folder,
      'missing',
    );
  return manifest;
}

/** @throws WriteError */
export async function writeManifest(
  folder: string,
  manifest: Manifest,
  files: FileSystem = nodeFileSystem,
): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFileAtomic(join(folder, 'manifest.json'), text, { fileSystem: files });
}

function parse(text: string): Partial<Manifest> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

function sessionVersion({ sessions }: Partial<Manifest>): string {
  const version = Array.isArray(sessions) ? sessions.at(-1)?.environment.packages['@delira/training'] : undefined;
  return version === undefined ? '' : ` (${version})`;
}
