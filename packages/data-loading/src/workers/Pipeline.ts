import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ArgumentError, InputError } from '@delira/core';
import type { Collate } from '../collate.js';
import type { Dataset } from '../datasets/Dataset.js';
import type { Transform } from '../loadBatch.js';

/** What happens to samples between the disk and the batch. */
export interface Pipeline {
  /** Where samples come from; without it the loader's own dataset gives them, on the main thread. */
  readonly dataset?: Dataset;
  readonly transform?: Transform;
  readonly collate?: Collate;
}

/**
 * Where a pipeline comes from. Code does not travel between threads, names do: every worker imports this module and calls its function
 * with these options.
 */
export interface PipelineSource {
  /** A `file:` URL or an absolute path of an ES module: `new URL('./pipeline.js', import.meta.url)`. */
  readonly module: string | URL;
  /** The function that the module exports, `(options) => Pipeline`, which may be asynchronous. Default `'createPipeline'`. */
  readonly name?: string;
  /** Handed to that function: anything that structured clone can copy. */
  readonly options?: unknown;
}

/** A pipeline that workers can build again. */
export interface LoadedPipeline extends Pipeline {
  readonly source: Required<PipelineSource>;
}

/**
 * Builds a pipeline in this thread; a loader with workers builds the same in each of them.
 *
 * @throws ArgumentError when the module is no file.
 * @throws InputError when it cannot be imported, exports no such function, or that function fails.
 */
export async function loadPipeline(source: PipelineSource): Promise<LoadedPipeline> {
  const { name = 'createPipeline', options } = source;
  const url = urlOf(source.module);
  let exported: unknown;
  try {
    const module = (await import(url.href)) as Readonly<Record<string, unknown>>;
    exported = module[name];
  } catch (cause) {
    throw new InputError(`The pipeline ${url.href} cannot be imported: ${messageOf(cause)}`, { cause });
  }
  if (typeof exported !== 'function')
    throw new InputError(`The pipeline ${url.href} exports no function "${name}". Export one, or name another.`);
  try {
    const pipeline = (await exported(options)) as Pipeline;
    return { ...pipeline, source: { module: url.href, name, options } };
  } catch (cause) {
    throw new InputError(`"${name}" of the pipeline ${url.href} failed: ${messageOf(cause)}`, { cause });
  }
}

function urlOf(module: string | URL): URL {
  const text = typeof module === 'string' && isAbsolute(module) ? pathToFileURL(module).href : String(module);
  if (!text.startsWith('file:'))
    throw new ArgumentError(
      `A pipeline is a file: URL or an absolute path, got ${text}. Use new URL('./pipeline.js', import.meta.url).`,
    );
  return new URL(text);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
