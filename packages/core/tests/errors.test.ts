import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  DeliraError,
  didYouMean,
  DisposedError,
  NonFiniteOutputError,
  NotFoundError,
  Registry,
} from '../src/index.js';

describe('errors', () => {
  it('carry a stable code, their name and the cause', () => {
    const cause = new Error('inner');
    const error = new ArgumentError('bad', { cause });
    expect(error).toBeInstanceOf(DeliraError);
    expect([error.name, error.code, error.message, error.cause]).toEqual(['ArgumentError', 'ARGUMENT', 'bad', cause]);
  });

  it('say what was disposed', () => {
    expect(new DisposedError('The state')).toMatchObject({
      code: 'DISPOSED',
      message: 'The state was used after dispose(). Create a new one, or dispose it later.',
    });
  });

  it('say which output of which step is not finite', () => {
    const error = new NonFiniteOutputError('loss', 3, NaN);
    expect(error).toMatchObject({ code: 'NON_FINITE_OUTPUT', output: 'loss', step: 3 });
    expect(error.message).toContain('The output "loss" of step 3 of this run is NaN. Nothing was written.');
  });
});

describe('didYouMean', () => {
  it('suggests a near name only', () => {
    expect(didYouMean('acuracy', ['loss', 'accuracy'])).toBe(' Did you mean "accuracy"?');
    expect(didYouMean('LOSS', ['loss'])).toBe(' Did you mean "loss"?');
    expect(didYouMean('dice', ['loss', 'accuracy'])).toBe('');
    expect(didYouMean('x', [])).toBe('');
  });
});

describe('Registry', () => {
  const registry = new Registry<number>('metric').register('dice', 1).register('accuracy', 2);

  it('finds what was registered', () => {
    expect(registry.get('dice')).toBe(1);
    expect(registry.names()).toEqual(['accuracy', 'dice']);
    expect([registry.has('dice'), registry.has('loss')]).toEqual([true, false]);
  });

  it('keeps a name for one thing', () => {
    expect(() => registry.register('dice', 3)).toThrow('There is already a metric called "dice".');
  });

  it('lists what there is, without falling for inherited names', () => {
    expect(() => registry.get('dise')).toThrow(NotFoundError);
    expect(() => registry.get('dise')).toThrow(
      'There is no metric called "dise". Did you mean "dice"? Registered: accuracy, dice.',
    );
    expect(() => registry.get('toString')).toThrow('There is no metric called "toString".');
    expect(() => new Registry('loss').get('x')).toThrow('Registered: none.');
  });
});
