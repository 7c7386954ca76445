import { temporaryFolder } from '@delira/testkit/vitest';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { drawLearningRates } from '../src/drawLearningRates.js';
import { captured } from './support/captured.js';
import { classificationFolder } from './support/data.js';

let folder = '';
beforeEach(async () => {
  folder = temporaryFolder();
  await classificationFolder(folder);
});
const find = (...args: readonly string[]) =>
  captured('find-lr', join(folder, 'tiny.yaml'), '--quiet', '-o', join(folder, 'rates.csv'), ...args);

describe('find-lr', () => {
  it('suggests one of the rates that it tries, writes their losses, and begins no run', async () => {
    const { code, out, errors } = await find('--steps', '20', '--minimum', '1e-6', '--maximum', '0.1');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const [header, ...rows] = readFileSync(join(folder, 'rates.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('rate,loss');
    const rates = rows.map((row) => Number(row.split(',')[0]));
    expect(rates[0]).toBe(1e-6);
    expect(rates.length).toBeGreaterThan(12);
    const [, suggestion] = /^optimizer\.options\.lr=(.*)$/m.exec(out)!;
    expect(rates.map((rate) => rate.toPrecision(3))).toContain(suggestion);
    expect(readFileSync(join(folder, 'rates.svg'), 'utf8')).toContain(`suggested: ${suggestion}`);
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  it('says so when there are too few steps to tell', async () => {
    const { code, out } = await find('--steps', '3');
    expect(code).toBe(1);
    expect(out).toMatch(/^no suggestion: 3 steps are too few to tell\. Try more: --steps 100\n/);
  });

  it.each([
    [['--minimum', 'low'], 2, 'delira find-lr: --minimum must be a number above 0, got "low".'],
    [['--steps', '1'], 2, 'delira find-lr: --steps must be a whole number of at least 2, got "1".'],
    [['--minimum', '2'], 1, 'maximum'],
    [['--loss', 'los'], 1, 'gives no "los" to look at. Did you mean "loss"?'],
    [['--hyper', 'gen.lr'], 1, 'There is no hyper "gen.lr": there is default.lr'],
  ])('refuses %j', async (args, code, message) => {
    expect(await find(...args)).toMatchObject({ code, errors: expect.stringContaining(message) });
    expect(existsSync(join(folder, 'rates.csv'))).toBe(false);
  });
});

describe('a drawing of rates', () => {
  it('has a line through all losses, and a mark where one is suggested', () => {
    const svg = drawLearningRates({ rates: [1e-4, 1e-3, 1e-2], losses: [3, 1, 2], suggestion: 1e-3 });
    expect(svg).toContain('points="64.0,24.0 340.0,316.0 616.0,170.0"');
    expect(svg).toContain('<circle cx="340.0" cy="316.0"');
    expect(svg.match(/>1e-\d</g)).toEqual(['>1e-4<', '>1e-3<', '>1e-2<']);
  });

  it('can be made of nothing, as when the first loss was not finite', () => {
    expect(drawLearningRates({ rates: [], losses: [], suggestion: null })).not.toMatch(/NaN|Infinity|undefined/);
  });
});
