import { describe, expect, it } from 'vitest';
import { numberOption } from '../src/index.js';

describe('numberOption', () => {
  it('takes what is in the range, its ends included', () => {
    expect(numberOption('epochs', '1', { least: 1 })).toBe(1);
    expect(numberOption('val-size', '0.95', { least: 0.05, most: 0.95, integer: false })).toBe(0.95);
  });

  it.each(['0', '1.5', 'many', '', ' ', 'Infinity', '1e17'])('names the option that got "%s"', (text) => {
    expect(() => numberOption('epochs', text, { least: 1 })).toThrow(
      `--epochs must be an integer of at least 1, got "${text}".`,
    );
  });

  it('names both limits', () => {
    expect(() => numberOption('val-size', '1', { least: 0.05, most: 0.95, integer: false })).toThrow(
      '--val-size must be a number from 0.05 to 0.95, got "1".',
    );
  });
});
