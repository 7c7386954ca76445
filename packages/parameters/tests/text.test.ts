import { ArgumentError } from '@delira/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Config,
  formatOfPath,
  Parameters,
  parseAssignment,
  ParametersError,
  parseText,
  type Values,
} from '../src/index.js';

const RESERVED = ['__proto__', 'constructor', 'prototype'];
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a.b', '<<', 'null', 'true', '1', '- ', '# x', '~', 'ÿ: '),
);
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '1e3',
    '0x10',
    '0o7',
    'yes',
    '.inf',
    '.nan',
    'null',
    '',
    ' ',
    '2001-01-01',
    'a: b',
    '#',
    '&a',
    '*a',
    '!t',
    '--- ',
    '\n\n',
    '\r\n',
    ' x\n y\n',
    '%YAML',
    '\u0085',
    '\u2028',
    '\uFEFF',
  ),
);
const { tree } = fc.letrec<{ tree: Values; value: unknown }>((tie) => ({
  tree: fc.dictionary(
    name.filter((one) => !RESERVED.includes(one)),
    tie('value'),
    { maxKeys: 4 },
  ) as fc.Arbitrary<Values>,
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('tree'), fc.array(tie('value'), { maxLength: 4 })),
}));

describe('text', () => {
  it.each(['yaml', 'json'] as const)('comes back from %s as it was', (format) => {
    fc.assert(
      fc.property(tree, (values) => {
        const config = new Config(values);
        expect(Config.parse(config.stringify(format), { format }).values).toEqual(config.values);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is YAML as people write it', () => {
    const parameters = new Parameters({
      fixed: { training: { optimizer: { type: 'Adam', options: { lr: 0.001, betas: [0.9, 0.999] } }, note: 'a: b' } },
    });
    expect(parameters.stringify()).toBe(`fixed:
  model: {}
  training:
    optimizer:
      type: Adam
      options:
        lr: 0.001
        betas:
          - 0.9
          - 0.999
    note: "a: b"
variable:
  model: {}
  training: {}
`);
  });

  it('reads comments, numbers as written, names that look like numbers, and aliases', () => {
    const text = 'a: &sizes [1, 0x10, 1e-3] # sizes\nb: *sizes\n0: cat\nyes: no\nempty:\nlong: |\n  two\n  lines\n';
    expect(parseText(text)).toEqual({
      a: [1, 16, 0.001],
      b: [1, 16, 0.001],
      '0': 'cat',
      yes: 'no',
      empty: null,
      long: 'two\nlines\n',
    });
    expect(parseText('{"a": [1, {"b": "\\u00e9"}]}')).toEqual({ a: [1, { b: 'é' }] });
    expect(parseText('\uFEFF{"a": 1}', { format: 'json' })).toEqual({ a: 1 });
  });

  it.each([
    ['a: 1\na: 2', 'Line 2, column 1: the name "a" is there twice.'],
    ['a: [1', 'Line 1, column 6: this is not YAML: '],
    ['a: 1\n---\na: 2', 'Line 2, column 1: this is not YAML: '],
    ['a: 12345678901234567890', 'Line 1, column 4: 12345678901234567890 cannot be kept exactly.'],
    ['a: .inf', 'Line 1, column 4: Infinity is not a finite number.'],
    ['a: 1e999', 'is not a finite number.'],
    ['a: !!js/function "() => 1"', 'Line 1, column 4: parameters are plain data: '],
    ['a: !adam {}', 'Line 1, column 4: parameters are plain data: '],
    ['a: !!binary aGk=', 'this is not a plain value.'],
    ['a: 9007199254740993', 'cannot be kept exactly'],
    ['? [1, 2]\n: 3', 'Line 1, column 3: a name must be a plain value.'],
    ['a: *b', 'there is no anchor "&b" before this alias.'],
    ['a: &a [*a]', 'an alias within what it stands for.'],
    ['', 'The text holds nothing, but parameters are names with values'],
    ['- 1', 'The text holds a list'],
    ['word', 'The text holds one string'],
  ])('refuses the YAML %j', (text, message) => {
    expect(() => parseText(text)).toThrow(ParametersError);
    expect(() => parseText(text)).toThrow(message);
  });

  it.each([
    ['{"a": 1,}', 'This is not JSON: '],
    ['a: 1', 'This is not JSON: '],
    ['[1]', 'The text holds a list'],
    ['{"a": 1e999}', 'a: is Infinity, which a file cannot hold.'],
    ['{"a": {"__proto__": {}}}', 'a.__proto__: the name "__proto__" is reserved.'],
  ])('refuses the JSON %j', (text, message) => {
    expect(() => parseText(text, { format: 'json' })).toThrow(ParametersError);
    expect(() => parseText(text, { format: 'json' })).toThrow(message);
  });

  it('refuses texts that are made to take all memory or time', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) bomb.push(`a${i}: &a${i} [${new Array<string>(9).fill(`*a${i - 1}`).join(', ')}]`);
    expect(() => parseText(bomb.join('\n'))).toThrow('more than 100 aliases');
    const wide = `a: &a [${'0, '.repeat(2000)}0]\nb: [${new Array<string>(99).fill('*a').join(', ')}]`;
    expect(() => parseText(wide)).toThrow('more than 100000 values, those that aliases repeat included.');
    expect(() => parseText('['.repeat(100_000))).toThrow(ParametersError);
    for (const depth of [5_000, 20_000]) expect(() => parseText(`a:\n${'- '.repeat(depth)}x`)).toThrow(ParametersError);
    expect(() => parseText(`a: ${'['.repeat(101)}${']'.repeat(101)}`)).toThrow(
      'more than 100 levels within each other',
    );
    expect(() => parseText(`{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, { format: 'json' })).toThrow(
      ParametersError,
    );
    expect(() => parseText(`a: ${'x'.repeat(2 ** 18)}`)).toThrow(
      'The text has 262147 characters, more than the 262144',
    );
    expect(() => parseText('a: 1', { maxLength: 3 })).toThrow('more than the 3 that parameters may have');
  });

  it('never touches what objects share', () => {
    const reserved = fc.constantFrom(...RESERVED);
    const around = fc.array(fc.constantFrom('model', 'fixed', 'training', 'a', ...RESERVED), { maxLength: 3 });
    fc.assert(
      fc.property(around, reserved, around, (before, one, after) => {
        const path = [...before, one, ...after, 'polluted'];
        const json = path.reduceRight((value, step) => `{${JSON.stringify(step)}: ${value}}`, '1');
        expect(() => parseText(json)).toThrow('is reserved');
        expect(() => parseText(json, { format: 'json' })).toThrow('is reserved');
        expect(() => new Config(JSON.parse(json) as Values)).toThrow('is reserved');
        for (const written of [path.join('.'), path.map((step) => `[${JSON.stringify(step)}]`).join('')]) {
          expect(() => parseAssignment(`${written}=1`)).toThrow('is reserved');
          expect(() => new Config({ a: 1 }).with({ [written]: 1 }, { allowNew: true })).toThrow('is reserved');
          expect(() => new Parameters().withArguments([`${written}=1`], { allowNew: true })).toThrow('is reserved');
        }
        expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
        expect(Object.hasOwn(Object, 'polluted')).toBe(false);
      }),
      { seed: 1 },
    );
    expect(() => parseAssignment('a={__proto__: {b: 1}}')).toThrow('the name "__proto__" is reserved');
  });

  it('throws nothing but its own errors, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('yaml' as const, 'json' as const), (text, format) => {
        try {
          parseText(text, { format });
        } catch (error) {
          expect(error).toBeInstanceOf(ParametersError);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('parseAssignment', () => {
  it.each([
    ['model.depth=4', ['model', 'depth'], 4],
    ['lr=1e-3', ['lr'], 0.001],
    ['name=resnet', ['name'], 'resnet'],
    ['name="4"', ['name'], '4'],
    ['flag=true', ['flag'], true],
    ['flag=yes', ['flag'], 'yes'],
    ['x=', ['x'], null],
    ['x=null', ['x'], null],
    ['x=a=b', ['x'], 'a=b'],
    ['sizes=[32, 64]', ['sizes'], [32, 64]],
    ['loss={type: Dice, options: {smooth: 1}}', ['loss'], { type: 'Dice', options: { smooth: 1 } }],
    ['transforms[0].p=0.5', ['transforms', 0, 'p'], 0.5],
    ['schedules["default.lr=x"]=-1', ['schedules', 'default.lr=x'], -1],
  ])('reads %s', (text, path, value) => {
    expect(parseAssignment(text)).toEqual({ path, value });
  });

  it.each([
    ['model.depth', 'sets no parameter. Write its path, an equals sign and the value, as model.depth=4.'],
    ['=4', 'is not the path of a parameter'],
    ['a=b: c', 'The value of "a=b: c" cannot be read.'],
    ['a=- 1', 'Put lists and mappings in brackets.'],
    ['a=[1', 'The value of "a=[1" cannot be read. Line 1, column 3: this is not YAML'],
    ['a=!x 1', 'cannot be read. Line 1, column 1: parameters are plain data'],
    ['a=|\n x', 'It is not one plain value.'],
    ['a=.nan', 'is not a finite number'],
  ])('refuses %s', (text, message) => {
    expect(() => parseAssignment(text)).toThrow(ArgumentError);
    expect(() => parseAssignment(text)).toThrow(message);
  });
});

describe('a long assignment', () => {
  it('is refused in few words', () => {
    expect(() => parseAssignment(`a=${'['.repeat(20_000)}`)).toThrow(
      `The value of "a=${'['.repeat(78)}…" cannot be read.`,
    );
    expect(() => parseAssignment(`a=${'x'.repeat(65_536)}`)).toThrow('sets no parameter');
  });
});

describe('formatOfPath', () => {
  it('goes by the end of the name', () => {
    expect(formatOfPath('a/config.yml')).toBe('yaml');
    expect(formatOfPath('config.YAML')).toBe('yaml');
    expect(formatOfPath('runs/config.json')).toBe('json');
    expect(() => formatOfPath('config.toml')).toThrow('does not end in .yaml, .yml or .json');
  });
});
