import { ArgumentError, NotFoundError } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { Config, ParametersError, parsePath, printPath } from '../src/index.js';
import fc from 'fast-check';

const config = new Config({
  model: { a: 1, c: { d: 3 } },
  training: { lst: [{ zz: 5 }], schedules: { 'default.lr': 0.1 } },
});

describe('Config', () => {
  it('holds a frozen copy', () => {
    const tree = { model: { sizes: [1, 2] } };
    const { values } = new Config(tree);
    tree.model.sizes.push(3);
    expect(values).toEqual({ model: { sizes: [1, 2] } });
    expect(() => values.model.sizes.push(3)).toThrow(TypeError);
    expect(new Config({ zero: -0 }).values.zero).toBe(0);
  });

  it('finds a name at any depth, in lists as well', () => {
    expect(config.nestedGet('d')).toBe(3);
    expect(config.nestedGet('zz')).toBe(5);
    expect(config.nestedGet('c')).toEqual({ d: 3 });
    expect(config.nestedGet('model.c.d')).toBe(3);
    expect(config.nestedGet('absent', { default: 7 })).toBe(7);
    expect(config.nestedGet('model.absent', { default: 7 })).toBe(7);
    expect(config.nestedGet('absent', { default: null })).toBeNull();
  });

  it('lists the paths of a name that is there twice, below itself as well, whether or not there is a default', () => {
    const twice = new Config({ lr: { lr: 1 }, list: [{ lr: 2 }] });
    const message = 'There are 3 parameters called "lr": lr, lr.lr, list[0].lr.';
    expect(() => twice.nestedGet('lr')).toThrow(ArgumentError);
    expect(() => twice.nestedGet('lr')).toThrow(message);
    expect(() => twice.nestedGet('lr', { default: 0 })).toThrow(message);
    expect(twice.nestedGet('lr', { allowMultiple: true })).toEqual([{ lr: 1 }, 1, 2]);
    expect(twice.nestedGet('absent', { allowMultiple: true })).toEqual([]);
  });

  it('says what is nearest to a name that is not there', () => {
    expect(() => config.nestedGet('zzz')).toThrow(NotFoundError);
    expect(() => config.nestedGet('zzz')).toThrow(
      'Did you mean "zz"? It is at training.lst[0].zz. Parameters: model, model.a,',
    );
    expect(() => config.nestedGet('d.x')).toThrow('There is no parameter "d.x". The top level has model, training.');
    expect(() => config.get('model.b')).toThrow('model has a, c. Did you mean "a"?');
    expect(() => config.get('training.d')).toThrow('That name is at: model.c.d.');
    expect(() => config.get('model.a.b')).toThrow('model.a is 1 and has nothing below.');
    expect(() => config.get('training.lst[1]')).toThrow('training.lst is a list of 1; positions count from 0.');
  });

  it('reads paths with positions and with quoted names', () => {
    expect(config.get('training.lst[0].zz')).toBe(5);
    expect(config.get('training.lst.0.zz')).toBe(5);
    expect(config.get('training.schedules["default.lr"]')).toBe(0.1);
    expect(config.has('training.lst[0]')).toBe(true);
    expect(config.has('training.lst[1]')).toBe(false);
    expect(config.has('training.lst.length')).toBe(false);
    expect(config.has('toString')).toBe(false);
    expect(config.get('model.x', 'none')).toBe('none');
    expect(new Config({ a: null }).get('a', 1)).toBeNull();
    expect(config.paths()).toEqual(['model.a', 'model.c.d', 'training.lst[0].zz', 'training.schedules["default.lr"]']);
  });

  it.each(['', '.a', 'a.', 'a..b', 'a[', 'a[x]', 'a[-1]', 'a["b]', 'a b', 'a[0]b', '["\\x"]'])(
    'refuses the path %j',
    (path) => {
      expect(() => parsePath(path)).toThrow(ArgumentError);
      expect(() => parsePath(path)).toThrow('is not the path of a parameter. Write names with dots');
    },
  );

  it('reads every path it prints', () => {
    const step = fc.oneof(
      fc.string().filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name)),
      fc.constantFrom('a.b', '"', ']', '0', 'model', ' ', '\\', 'a=b'),
      fc.nat(1e8),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (path) => {
        expect(parsePath(printPath(path))).toEqual(path);
      }),
      { seed: 1 },
    );
  });

  it('changes into another one, and keeps what it was', () => {
    const changed = config.with({ 'model.c.d': 4, 'training.lst[0].zz': 6 });
    expect(changed.values).toEqual({
      model: { a: 1, c: { d: 4 } },
      training: { lst: [{ zz: 6 }], schedules: { 'default.lr': 0.1 } },
    });
    expect(config.get('model.c.d')).toBe(3);
    expect(config.with({ 'model.b.e': 1 }, { allowNew: true }).get('model')).toEqual({
      a: 1,
      c: { d: 3 },
      b: { e: 1 },
    });
    expect(config.merge({ model: { c: { e: 4 } } }).get('model')).toEqual({ a: 1, c: { d: 3, e: 4 } });
  });

  it('puts a description in the place of a number, and loses none to one', () => {
    const share = new Config({ validation: 0.2 });
    const described = share.with({ validation: { type: 'MNIST' } });
    expect(described.values).toEqual({ validation: { type: 'MNIST' } });
    expect(() => described.with({ validation: 10 })).toThrow('validation holds type, and would be lost to 10.');
    expect(() => share.with({ validation: { folder: 'x' } })).toThrow('not something with names below it');
    expect(() => described.with({ validation: [1] })).toThrow('would be lost');
  });

  it('gives options to a description that is a name alone', () => {
    const named = new Config({ loss: 'Dice', all: ['Mirror'] });
    const arguments_ = ['loss.options.weight=2', 'all[0].options.axes=[1]'];
    expect(named.withArguments(arguments_, { allowNew: true }).values).toEqual({
      loss: { type: 'Dice', options: { weight: 2 } },
      all: [{ type: 'Mirror', options: { axes: [1] } }],
    });
    expect(() => named.withArguments(arguments_)).toThrow('loss is "Dice" and has nothing below.');
    expect(() => named.withArguments(['loss.weight=2'], { allowNew: true })).toThrow('has nothing below.');
  });

  it('refuses to lose a mapping, and names that are not there', () => {
    expect(() => config.with({ model: 4 })).toThrow(
      'model holds a, c, and would be lost to 4. Name what to change below it.',
    );
    expect(() => config.with({ 'model.a': { b: 1 } })).toThrow('model.a is 1, not something with names below it.');
    expect(() => config.with({ 'model.aa': 1 })).toThrow('Did you mean "a"? To add it, allow new names.');
    expect(() => config.with({ 'model.a.b': 1 }, { allowNew: true })).toThrow('model.a is 1 and has nothing below.');
    expect(() => config.with({ 'training.lst[1]': 1 }, { allowNew: true })).toThrow('a list of 1');
  });

  it('lets a description be given by its name alone', () => {
    const described = new Config({ loss: { type: 'Dice', options: { smooth: 1 } } });
    expect(described.with({ loss: 'CrossEntropy' }).values).toEqual({ loss: 'CrossEntropy' });
    expect(described.with({ loss: 'Dice' }).with({ loss: { type: 'Dice' } }).values).toEqual({
      loss: { type: 'Dice' },
    });
    expect(() => described.with({ loss: 3 })).toThrow('loss holds type, options, and would be lost to 3.');
    expect(described.merge({ loss: { type: 'Focal' } }).values).toEqual({ loss: { type: 'Focal' } });
  });

  it('names the paths of everything that a file could not hold', () => {
    class Adam {
      readonly lr = 0.1;
    }
    const tree = { a: [1, Number.NaN], b: { c: new Adam(), d: () => 1, e: undefined }, f: 1n, 'g.h': Symbol('s') };
    const refused = (): unknown => new Config(tree);
    expect(refused).toThrow(ParametersError);
    expect(refused).toThrow(
      [
        'a[1]: is NaN, which a file cannot hold. Use null, booleans, finite numbers, strings, arrays and plain objects.',
        "b.c: is an instance of Adam, which a file cannot hold. Use null, booleans, finite numbers, strings, arrays and plain objects; name what is to be made as { type: 'its registered name', options: {…} }.",
        'b.d: is the function or class d, which',
      ].join('\n'),
    );
    expect(refused).toThrow('f: is 1n, which');
    expect(refused).toThrow('["g.h"]: is Symbol(s), which');
    const circle: Record<string, unknown> = {};
    circle['again'] = circle;
    expect(() => new Config(circle)).toThrow(
      'again.again.again: There are more than 100 levels within each other, or a circle.',
    );
    expect(() => new Config({ many: new Array<number>(100_001).fill(0) })).toThrow(
      'many: There are more than 100000 values',
    );
  });

  it('prints a line for each parameter', () => {
    expect(String(new Config({ model: { sizes: [1, 2], name: 'x', empty: {} } }))).toBe(
      'Config:\n\tmodel.sizes = [1,2]\n\tmodel.name = "x"\n\tmodel.empty = {}',
    );
  });
});
