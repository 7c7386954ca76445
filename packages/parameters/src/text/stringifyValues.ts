import { stringify } from 'yaml';
import type { Values } from '../tree/Values.js';
import type { TextFormat } from './TextFormat.js';

/** Text that `parseText` reads as equal values. */
export function stringifyValues(values: Values, format: TextFormat = 'yaml'): string {
  if (format === 'json') return `${JSON.stringify(values, null, 2)}\n`;
  return stringify(values, { schema: 'core', version: '1.2', lineWidth: 0, aliasDuplicateObjects: false });
}
