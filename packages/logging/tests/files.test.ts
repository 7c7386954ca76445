import type * as fs from 'node:fs';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, InputError } from '@delira/core';
import { temporaryFolder } from '@delira/testkit/vitest';
import { CsvHandler, type Handler, JsonlHandler, Logger, type ScalarTags } from '../src/index.js';
import { describe, expect, it, vi } from 'vitest';

const disk = vi.hoisted(() => ({ full: false }));

// A full disk takes three bytes of what it is given, and then reports an error.
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const writeSync = (file: number, bytes: Uint8Array, offset: number, length: number, position: number): number => {
    if (!disk.full) return real.writeSync(file, bytes, offset, length, position);
    real.writeSync(file, bytes, offset, 3, position);
    throw new Error('ENOSPC: no space left on device');
  };
  return { ...real, writeSync };
});

const rethrow = (error: unknown): never => {
  throw error;
};
const loggerOf = (...handlers: Handler[]): Logger => new Logger({ handlers, onHandlerError: rethrow });
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const step = (number: number, epoch = 0, fold: number | null = null): ScalarTags => ({
  period: 'step',
  step: number,
  epoch,
  fold,
});
const epoch = (number: number, at: number, fold: number | null = null): ScalarTags => ({
  period: 'epoch',
  step: at,
  epoch: number,
  fold,
});

/** Two steps per epoch, and a row for each epoch; the second epoch has a number that the first has not. */
function train(logger: Logger, fromStep: number, toStep: number, fold: number | null = null): void {
  for (let at = fromStep + 1; at <= toStep; at++) {
    const current = Math.floor((at - 1) / 2);
    logger.scalars({ loss: 1 / at, lr: 0.1 }, step(at, current, fold));
    if (at % 2 === 0)
      logger.scalars(current === 0 ? { loss: 1 / at } : { loss: 1 / at, best: at }, epoch(current, at, fold));
  }
}

const kinds = [
  ['CSV of epochs', (path: string) => new CsvHandler({ path })],
  ['CSV of steps', (path: string) => new CsvHandler({ path, period: 'step' })],
  ['JSONL', (path: string) => new JsonlHandler({ path })],
] as const;

describe.each(kinds)('%s', (_, create) => {
  it.each([0, 1, 2, 3, 4, 5])(
    'a run killed at step 5 and resumed at step %d has the history of an uninterrupted one',
    (saved) => {
      const folder = temporaryFolder();
      const [whole, resumed] = [join(folder, 'whole'), join(folder, 'resumed')];
      const uninterrupted = loggerOf(create(whole));
      train(uninterrupted, 0, 6);
      uninterrupted.close();

      train(loggerOf(create(resumed)), 0, 5);
      appendFileSync(resumed, '5,2,,0.1');
      const second = loggerOf(create(resumed));
      second.resume({ step: saved, fold: null });
      train(second, saved, 6);
      second.close();
      expect(readFileSync(resumed, 'utf8')).toBe(readFileSync(whole, 'utf8'));
      expect(readdirSync(folder).sort()).toEqual(['resumed', 'whole']);
    },
  );

  it('forgets the end of an epoch that was not closed when its last step was saved', () => {
    const folder = temporaryFolder();
    const [whole, resumed] = [join(folder, 'whole'), join(folder, 'resumed')];
    const uninterrupted = loggerOf(create(whole));
    train(uninterrupted, 0, 4);
    uninterrupted.close();

    const first = loggerOf(create(resumed));
    train(first, 0, 4);
    first.close();
    const second = loggerOf(create(resumed));
    second.resume({ step: 4, fold: null, epochs: 1 });
    second.scalars({ loss: 1 / 4, best: 4 }, epoch(1, 4));
    second.close();
    expect(readFileSync(resumed, 'utf8')).toBe(readFileSync(whole, 'utf8'));
  });

  it('keeps the other folds when one is resumed', () => {
    const path = join(temporaryFolder(), 'history');
    const first = loggerOf(create(path));
    train(first, 0, 4, 0);
    train(first, 0, 4, 1);
    first.close();
    const whole = readFileSync(path, 'utf8');
    const second = loggerOf(create(path));
    second.resume({ step: 2, fold: 1 });
    train(second, 2, 4, 1);
    second.close();
    expect(readFileSync(path, 'utf8')).toBe(whole);
  });

  it('replaces the file of an earlier run that is not resumed', () => {
    const path = join(temporaryFolder(), 'deep', 'folder', 'history');
    train(loggerOf(create(path)), 0, 4);
    train(loggerOf(create(path)), 0, 2);
    const once = readFileSync(path, 'utf8');
    expect(once).not.toContain('best');
    train(loggerOf(create(path)), 0, 2);
    expect(readFileSync(path, 'utf8')).toBe(once);
  });

  it('can resume where there is no file yet', () => {
    const path = join(temporaryFolder(), 'history');
    const logger = loggerOf(create(path));
    logger.resume({ step: 2, fold: null });
    train(logger, 2, 4);
    expect(linesOf(path).length).toBeGreaterThan(0);
  });

  it('creates no file before there is a record for it', () => {
    const path = join(temporaryFolder(), 'history');
    const logger = loggerOf(create(path));
    logger.text('hello');
    logger.flush();
    logger.close();
    expect(existsSync(path)).toBe(false);
  });

  it('leaves no half line behind when a write fails, and goes on after it', () => {
    const path = join(temporaryFolder(), 'history');
    const errors: unknown[] = [];
    const logger = new Logger({ handlers: [create(path)], onHandlerError: (error) => errors.push(error) });
    train(logger, 0, 4);
    const before = readFileSync(path, 'utf8');
    disk.full = true;
    train(logger, 4, 6);
    disk.full = false;
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(errors).toEqual([new Error('ENOSPC: no space left on device')]);
    train(logger, 6, 8);
    const after = readFileSync(path, 'utf8');
    expect(after.startsWith(before)).toBe(true);
    expect(after.length).toBeGreaterThan(before.length);
  });
});

describe('CsvHandler', () => {
  it('writes stable columns, one row per record', () => {
    const path = join(temporaryFolder(), 'epochs.csv');
    train(loggerOf(new CsvHandler({ path })), 0, 6);
    expect(linesOf(path)).toEqual([
      'step,epoch,fold,loss,best',
      '2,0,,0.5,',
      '4,1,,0.25,4',
      '6,2,,0.16666666666666666,6',
    ]);
  });

  it('leaves the cell of a missing number empty, and writes numbers that are none by name', () => {
    const path = join(temporaryFolder(), 'steps.csv');
    const logger = loggerOf(new CsvHandler({ path, period: 'step' }));
    logger.scalars({ a: Number.NaN, b: -Infinity }, step(1, 0, 3));
    logger.scalars({ b: 1e-7 }, step(2, 0, 3));
    expect(linesOf(path)).toEqual(['step,epoch,fold,a,b', '1,0,3,NaN,-Infinity', '2,0,3,,1e-7']);
  });

  it('quotes names, also across a resume', () => {
    const path = join(temporaryFolder(), 'epochs.csv');
    const first = loggerOf(new CsvHandler({ path }));
    first.scalars({ 'a,b': 1, 'say "x"': 2 }, epoch(0, 1));
    const second = loggerOf(new CsvHandler({ path }));
    second.resume({ step: 1, fold: null });
    second.scalars({ 'say "x"': 4, 'a,b': 3 }, epoch(1, 2));
    expect(linesOf(path)).toEqual(['step,epoch,fold,"a,b","say ""x"""', '1,0,,1,2', '2,1,,3,4']);
  });

  it('refuses a scalar with the name of a position column', () => {
    const logger = loggerOf(new CsvHandler({ path: join(temporaryFolder(), 'epochs.csv') }));
    expect(() => logger.scalars({ fold: 1 }, epoch(0, 1))).toThrow(ArgumentError);
  });

  it('refuses to continue a file that is not its own, and leaves it alone', () => {
    const path = join(temporaryFolder(), 'other.csv');
    writeFileSync(path, 'name,age\nada,36\n');
    expect(() => new CsvHandler({ path }).resume({ step: 1, fold: null })).toThrow(InputError);
    expect(readFileSync(path, 'utf8')).toBe('name,age\nada,36\n');
  });
});

describe('JsonlHandler', () => {
  it('writes one object per line, for steps and epochs', () => {
    const path = join(temporaryFolder(), 'history.jsonl');
    const logger = loggerOf(new JsonlHandler({ path }));
    logger.scalars({ loss: 0.5 }, step(1, 0, 2));
    logger.scalars({ score: Number.NaN, gain: Infinity }, epoch(0, 1, 2));
    expect(linesOf(path)).toEqual([
      '{"period":"step","step":1,"epoch":0,"fold":2,"values":{"loss":0.5}}',
      '{"period":"epoch","step":1,"epoch":0,"fold":2,"values":{"score":"NaN","gain":"Infinity"}}',
    ]);
  });

  it('can be limited to one of them', () => {
    const path = join(temporaryFolder(), 'epochs.jsonl');
    train(loggerOf(new JsonlHandler({ path, period: 'epoch' })), 0, 4);
    expect(linesOf(path)).toHaveLength(2);
  });

  it('drops lines that a crash made unreadable', () => {
    const path = join(temporaryFolder(), 'history.jsonl');
    writeFileSync(path, '{"period":"step","step":1,"epoch":0,"fold":null,"values":{}}\n\0\0\0\n');
    new JsonlHandler({ path }).resume({ step: 9, fold: null });
    expect(linesOf(path)).toHaveLength(1);
  });
});
