import { type Json } from '@delira/core';
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { ParametersError } from '../errors.js';
import { isReserved, MOST_LEVELS, MOST_VALUES } from '../tree/limits.js';

/** Aliases in one text: each is looked for through the whole text. */
const MOST_ALIASES = 100;

export interface YamlOptions {
  /** Whether mappings and lists must be in brackets, and text on one line; default false. */
  readonly flowOnly?: boolean;
}

/**
 * Reads one document of YAML 1.2. Converts the nodes itself, since the library's conversion counts neither levels nor values and rounds large
 * integers without a word.
 *
 * @throws ParametersError with line and column.
 */
export function parseYaml(text: string, { flowOnly = false }: YamlOptions = {}): Json {
  const lines = new LineCounter();
  const document = read(text, lines);
  if (flowOnly && isBlock(document.contents))
    throw failure('It is not one plain value. Put lists and mappings in brackets.');
  let values = 0;
  let aliases = 0;

  function refuse(node: Node, message: string): ParametersError {
    return failure(`${place(lines, node.range?.[0] ?? 0)}${message}`);
  }

  function convert(node: unknown, around: Node | null, level: number): Json {
    if (node === null || node === undefined) return null;
    const here = node as Node;
    if (++values > MOST_VALUES)
      throw refuse(around ?? here, `more than ${MOST_VALUES} values, those that aliases repeat included.`);
    if (level > MOST_LEVELS)
      throw refuse(
        around ?? here,
        `more than ${MOST_LEVELS} levels within each other, or an alias within what it stands for.`,
      );
    if (isAlias(here)) {
      if (++aliases > MOST_ALIASES) throw refuse(here, `more than ${MOST_ALIASES} aliases. Write the values out.`);
      const target = here.resolve(document);
      if (target === undefined) throw refuse(here, `there is no anchor "&${here.source}" before this alias.`);
      return convert(target, here, level + 1);
    }
    if (isSeq(here)) return here.items.map((item) => convert(item, here, level + 1));
    if (isMap(here)) {
      const result: Record<string, Json> = {};
      for (const { key, value } of here.items) {
        const name = nameOf(key as Node | null, here);
        if (Object.hasOwn(result, name)) throw refuse(key as Node, `the name "${name}" is there twice.`);
        result[name] = convert(value, here, level + 1);
      }
      return result;
    }
    if (isScalar(here)) return plain(here.value, here);
    throw refuse(here, 'this is not a plain value.');
  }

  function nameOf(key: Node | null, map: Node): string {
    if (!isScalar(key)) throw refuse(key ?? map, 'a name must be a plain value.');
    const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
    if (isReserved(name)) throw refuse(key, `the name "${name}" is reserved. Choose another name.`);
    return name;
  }

  function plain(value: unknown, node: Node): Json {
    if (typeof value === 'bigint') {
      const number = Number(value);
      // What JavaScript prints for a number reads as that number, though from 1e17 on it ends in zeros.
      if (String(number) !== String(value))
        throw refuse(
          node,
          `${value} cannot be kept exactly. Whole numbers go up to ${Number.MAX_SAFE_INTEGER}; put longer ones in quotes.`,
        );
      return number;
    }
    if (typeof value === 'number' && !Number.isFinite(value))
      throw refuse(node, `${value} is not a finite number. Use null, or leave it out.`);
    if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
      return value;
    throw refuse(node, 'this is not a plain value.');
  }

  return convert(document.contents, null, 0);
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  try {
    return parseDocument(text, {
      schema: 'core',
      version: '1.2',
      intAsBigInt: true,
      // Names are compared in `convert`: the library compares each with each.
      uniqueKeys: false,
      lineCounter,
      logLevel: 'error',
      // Each pretty message would cost as much as its line is long.
      prettyErrors: false,
    });
  } catch (cause) {
    // The library calls itself for every level, until the stack is full.
    if (cause instanceof RangeError) throw failure(`more than ${MOST_LEVELS} levels within each other.`, cause);
    throw cause;
  }
}

function read(text: string, lineCounter: LineCounter): Document.Parsed {
  const document = parse(text, lineCounter);
  const [error] = document.errors;
  if (error !== undefined)
    throw failure(`${place(lineCounter, error.pos[0])}this is not YAML: ${error.message}.`, error);
  const [warning] = document.warnings;
  if (warning !== undefined)
    throw failure(`${place(lineCounter, warning.pos[0])}parameters are plain data: ${warning.message}.`, warning);
  return document;
}

function isBlock(node: Node | null): boolean {
  if (isCollection(node)) return node.flow !== true;
  return isScalar(node) && node.type?.startsWith('BLOCK_') === true;
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `Line ${line}, column ${col}: `;
}

function failure(message: string, cause?: unknown): ParametersError {
  return new ParametersError([{ path: '', message }], { cause });
}
