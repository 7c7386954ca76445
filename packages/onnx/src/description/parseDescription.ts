import { type DType, InputError, type Json } from '@delira/core';
import { elementTypes } from '../model/OnnxModel.js';
import type { ModelDescription, TensorDescription } from './ModelDescription.js';
import type { PreprocessingStep } from './preprocess.js';

/** Characters a description may have: those we write have a few thousand. */
export const DESCRIPTION_LIMIT = 2 ** 20;

const LIMITS = {
  entries: 64,
  rank: 8,
  extent: 2 ** 20,
  text: 1000,
  classes: 100_000,
  steps: 32,
  channels: 4096,
} as const;

function refuse(path: string, value: unknown, expected: string): never {
  const shown = JSON.stringify(value) ?? 'missing';
  throw new InputError(
    `The description of the model is not valid: ${path} is ${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}, expected ${expected}. Export the model again.`,
  );
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path, value, 'an object');
  return value as Fields;
}

function list<T>(value: unknown, path: string, limit: number, read: (item: unknown, path: string) => T): readonly T[] {
  if (!Array.isArray(value) || value.length > limit) return refuse(path, value, `a list of at most ${limit}`);
  return value.map((item, index) => read(item, `${path}[${index}]`));
}

function number(value: unknown, path: string): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(path, value, 'a number');
}

function positive(value: unknown, path: string): number {
  const found = number(value, path);
  return found > 0 ? found : refuse(path, value, 'a positive number');
}

function extent(value: unknown, path: string): number {
  const isValid = Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= LIMITS.extent;
  return isValid ? (value as number) : refuse(path, value, `an integer of 1 to ${LIMITS.extent}`);
}

function text(value: unknown, path: string): string {
  const isValid = typeof value === 'string' && value.length <= LIMITS.text;
  return isValid ? value : refuse(path, value, `a text of at most ${LIMITS.text} characters`);
}

function tensor(value: unknown, path: string): TensorDescription {
  const { shape, dtype } = fields(value, path);
  const dtypes = Object.keys(elementTypes).filter((name) => name !== 'int64');
  if (!dtypes.some((name) => name === dtype)) refuse(`${path}.dtype`, dtype, dtypes.join(', '));
  return { shape: list(shape, `${path}.shape`, LIMITS.rank, extent), dtype: dtype as DType };
}

function tensors(value: unknown, path: string): Readonly<Record<string, TensorDescription>> {
  const entries = Object.entries(fields(value, path));
  if (entries.length === 0 || entries.length > LIMITS.entries)
    refuse(path, Object.keys(value as object), `1 to ${LIMITS.entries} entries`);
  return Object.fromEntries(entries.map(([name, entry]) => [text(name, path), tensor(entry, `${path}.${name}`)]));
}

function step(value: unknown, path: string): PreprocessingStep {
  const { type, low, high, mean, deviation } = fields(value, path);
  switch (type) {
    case 'standardize':
      return { type };
    case 'clip':
    case 'rescale':
      return { type, low: number(low, `${path}.low`), high: number(high, `${path}.high`) };
    case 'normalize':
      return {
        type,
        mean: list(mean, `${path}.mean`, LIMITS.channels, number),
        deviation: list(deviation, `${path}.deviation`, LIMITS.channels, positive),
      };
    default:
      return refuse(`${path}.type`, type, 'clip, normalize, rescale or standardize');
  }
}

function parseJson(json: string): unknown {
  if (json.length > DESCRIPTION_LIMIT)
    throw new InputError(
      `The description of the model has ${json.length} characters; at most ${DESCRIPTION_LIMIT} are read. It is not one that exportOnnx wrote.`,
    );
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new InputError(
      `The description of the model is no JSON: ${(cause as Error).message}. Export the model again, and keep the .json file beside the .onnx file.`,
      { cause },
    );
  }
}

/**
 * Reads what stands beside an exported model. Nothing in it is trusted, and nothing in it runs.
 *
 * @param json the text of the file.
 * @throws InputError naming the place, what stands there and what was expected.
 */
export function parseDescription(json: string): ModelDescription {
  const found = fields(parseJson(json), 'it');
  const { format, version, network, config, inputs, outputs, classes, spacing, preprocessing, versions, model } = found;
  if (format !== 'delira-onnx') refuse('format', format, '"delira-onnx"');
  if (version !== 1) refuse('version', version, '1: it was written by a newer release, which can read it');
  const { bytes, crc32 } = fields(model, 'model');
  if (typeof crc32 !== 'string' || !/^[0-9a-f]{8}$/.test(crc32)) refuse('model.crc32', crc32, '8 hexadecimal digits');
  return {
    format: 'delira-onnx',
    version: 1,
    network: text(network, 'network'),
    config: (config ?? null) as Json,
    inputs: tensors(inputs, 'inputs'),
    outputs: tensors(outputs, 'outputs'),
    ...(classes === undefined ? {} : { classes: list(classes, 'classes', LIMITS.classes, text) }),
    ...(spacing === undefined ? {} : { spacing: list(spacing, 'spacing', LIMITS.rank, positive) }),
    preprocessing: list(preprocessing, 'preprocessing', LIMITS.steps, step),
    versions: { opset: extent(fields(versions, 'versions')['opset'], 'versions.opset') },
    model: { bytes: positive(bytes, 'model.bytes'), crc32: crc32 as string },
  };
}
