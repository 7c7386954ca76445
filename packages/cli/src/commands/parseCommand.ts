import { didYouMean } from '@delira/core';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from '../UsageError.js';

type Options = NonNullable<ParseArgsConfig['options']>;

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>
>;

interface Expected {
  /** Names of the arguments without a dash, for messages; those in brackets may be left out, `…` takes several. */
  readonly positionals: readonly string[];
  readonly command: string;
}

/**
 * Reads the arguments of a command.
 *
 * @throws UsageError for an unknown option, with the nearest, and for arguments that are missing or too many.
 */
export function parseCommand<const O extends Options>(
  args: readonly string[],
  options: O,
  expected: Expected,
): Parsed<O> {
  const { positionals: names, command } = expected;
  const see = `See delira ${command} --help.`;
  let parsed: Parsed<O>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const unknown = /^Unknown option '-*([^']*)'/.exec(message)?.[1];
    const hint =
      unknown === undefined
        ? ` ${message.split('\n')[0]}`
        : ` There is no option --${unknown}.${didYouMean(unknown, Object.keys(options))}`;
    throw new UsageError(`delira ${command}:${hint} ${see}`, { cause });
  }
  const least = names.filter((name) => !name.startsWith('[')).length;
  const most = names.some((name) => name.includes('…')) ? Infinity : names.length;
  const { length } = parsed.positionals;
  if (length < least) throw new UsageError(`delira ${command}: ${names[length]!.replace('…', '')} is missing. ${see}`);
  if (length > most)
    throw new UsageError(`delira ${command}: "${parsed.positionals[most]}" is one argument too many. ${see}`);
  return parsed;
}

/** @throws UsageError unless it is a whole number of at least `least`. */
export function wholeNumber(command: string, option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`delira ${command}: --${option} must be a whole number of at least ${least}, got "${text}".`);
}
