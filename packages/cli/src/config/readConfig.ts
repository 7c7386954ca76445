import { Config, formatOfPath } from '@delira/parameters';
import { readFile } from 'node:fs/promises';
import { ConfigError, namingConfig } from './ConfigError.js';
import { configSchema, type RunConfig } from './configSchema.js';

/**
 * A config file with what the command line sets over it.
 *
 * @param assignments as `['training.epochs=4']`; `__proto__`, `constructor` and `prototype` are refused.
 * @throws ConfigError naming the file and every wrong place in it; for an unknown name, with the nearest.
 */
export async function readConfig(file: string, assignments: readonly string[] = []): Promise<RunConfig> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(`The config ${file} cannot be read: ${reasonOf(cause)}`, { cause });
  }
  return namingConfig(file, () => {
    const format = file.toLowerCase().endsWith('.json') ? formatOfPath(file) : 'yaml';
    return Config.parse(text, { format }).withArguments(assignments, { allowNew: true }).validate(configSchema);
  });
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code === 'ENOENT') return 'there is no such file (ENOENT). Check the path; delira init writes one to begin with.';
  if (code === 'EISDIR') return 'it is a folder (EISDIR). Name a file, YAML or JSON.';
  return cause instanceof Error ? cause.message : String(cause);
}
