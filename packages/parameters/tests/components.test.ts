import { ArgumentError, Registry } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type ComponentFactory,
  componentFactory,
  Config,
  createComponent,
  createComponents,
  createNamedComponents,
  type OutputOf,
  Parameters,
  ParametersError,
  schema,
} from '../src/index.js';

const adamOptions = schema.object({
  lr: schema.number({ minimum: 0, default: 0.001 }),
  betas: schema.optional(schema.list(schema.number())),
});
const registry = new Registry<ComponentFactory<string>>('optimizer')
  .register(
    'Adam',
    componentFactory(adamOptions, ({ lr, betas }) => `Adam ${lr} ${betas?.join(' ') ?? ''}`),
  )
  .register(
    'Lookahead',
    componentFactory(
      schema.object({ inner: schema.anything() }),
      ({ inner }, path): string => `Lookahead(${createComponent(registry, inner, `${path}.inner`)})`,
    ),
  )
  .register('Strict', () => {
    throw new ArgumentError('momentum must be below 1.');
  });

describe('createComponent', () => {
  it('makes what a description describes', () => {
    expect(createComponent(registry, { type: 'Adam', options: { lr: 0.1, betas: [0.9, 0.99] } })).toBe(
      'Adam 0.1 0.9 0.99',
    );
    expect(createComponent(registry, { type: 'Adam' })).toBe('Adam 0.001 ');
    expect(createComponent(registry, 'Adam')).toBe('Adam 0.001 ');
    expect(createComponent(registry, { type: 'Lookahead', options: { inner: 'Adam' } })).toBe('Lookahead(Adam 0.001 )');
    expect(createComponents(registry, ['Adam', { type: 'Adam', options: { lr: 1 } }])).toEqual([
      'Adam 0.001 ',
      'Adam 1 ',
    ]);
    expect(createNamedComponents(registry, { gen: 'Adam' })).toEqual({ gen: 'Adam 0.001 ' });
  });

  it('makes the same after saving and loading', () => {
    const parameters = new Parameters({ fixed: { training: { optimizer: { type: 'Adam', options: { lr: 0.25 } } } } });
    const read = Parameters.parse(parameters.stringify());
    expect(createComponent(registry, read.get('training.optimizer'), 'training.optimizer')).toBe('Adam 0.25 ');
  });

  it.each([
    [
      { type: 'Adan' },
      'training.optimizer.type: There is no optimizer called "Adan". Did you mean "Adam"? Registered: Adam, Lookahead, Strict.',
    ],
    ['adam', 'training.optimizer: There is no optimizer called "adam". Did you mean "Adam"?'],
    [
      { type: 'Adam', options: { lrr: 1 } },
      'training.optimizer.options.lrr: is not known here. Did you mean "lr"? Known: lr, betas.',
    ],
    [{ type: 'Adam', options: { lr: -1 } }, 'training.optimizer.options.lr: is -1, but must be at least 0.'],
    [{ type: 'Adam', option: {} }, 'training.optimizer.option: is not known here. Did you mean "options"?'],
    [{ type: 'Adam', options: [1] }, 'training.optimizer.options: is [1], but must be a mapping.'],
    [{ type: 3 }, 'training.optimizer.type: is 3, but must be a name.'],
    [{ options: {} }, 'training.optimizer.type: is missing, but must be a name.'],
    [undefined, 'training.optimizer: is missing, but must be a registered name or { type:'],
    [{ type: 'Strict' }, 'training.optimizer.options: momentum must be below 1.'],
    [
      { type: 'Lookahead', options: { inner: 'Adan' } },
      'training.optimizer.options.inner: There is no optimizer called "Adan".',
    ],
  ])('names the place of what is wrong with %j', (description, message) => {
    const create = (): unknown => createComponent(registry, description, 'training.optimizer');
    expect(create).toThrow(ParametersError);
    expect(create).toThrow(message);
  });

  it('names the position or the name among several', () => {
    expect(() => createComponents(registry, ['Adam', 'Adan'], 'a')).toThrow(
      'a[1]: There is no optimizer called "Adan".',
    );
    expect(() => createNamedComponents(registry, { 'x.y': {} }, 'a')).toThrow('a["x.y"].type: is missing');
    expect(() => createComponents(registry, {}, 'a')).toThrow('a: is {}, but must be a list of descriptions.');
    expect(() => createNamedComponents(registry, [], 'a')).toThrow('a: is [], but must be a mapping of descriptions.');
  });
});

describe('schemas', () => {
  const parameters = new Parameters({
    fixed: { model: { depth: 1.5, nme: 'x', kind: 'plan' }, training: { sizes: [1, '2'], weights: { a: true } } },
  });
  const own = schema.object({
    model: schema.object({
      depth: schema.integer({ minimum: 1 }),
      kind: schema.string({ choices: ['plain', 'residual'] }),
      bias: schema.boolean({ default: true }),
      name: schema.optional(schema.string()),
    }),
    training: schema.object({
      epochs: schema.integer(),
      sizes: schema.list(schema.number({ maximum: 3 })),
      weights: schema.record(schema.number()),
      limit: schema.nullable(schema.number()),
    }),
  });

  it('list everything that is wrong, with its path', () => {
    expect(() => parameters.validate(own)).toThrow(
      [
        'model.depth: is 1.5, but must be a whole number.',
        'model.kind: is "plan", but must be one of plain, residual. Did you mean "plain"?',
        'model.nme: is not known here. Did you mean "name"? Known: depth, kind, bias, name.',
        'training.epochs: is missing; it must be a whole number.',
        'training.sizes[1]: is "2", but must be a number.',
        'training.weights.a: is true, but must be a number.',
        'training.limit: is missing; it must be a number.',
      ].join('\n'),
    );
  });

  it('fill in defaults and give types', () => {
    const right = new Parameters({
      fixed: { model: { depth: 4, kind: 'plain' }, training: { epochs: 2, sizes: [3], weights: {}, limit: null } },
    });
    const values: OutputOf<typeof own> = right.validate(own);
    const kind: 'plain' | 'residual' = values.model.kind;
    expect(kind).toBe('plain');
    expect(values).toEqual({
      model: { depth: 4, kind: 'plain', bias: true },
      training: { epochs: 2, sizes: [3], weights: {}, limit: null },
    });
    expect(() => right.with({ 'training.sizes': [4] }).validate(own)).toThrow(
      'training.sizes[0]: is 4, but must be at most 3.',
    );
  });

  it('of other libraries do as well', () => {
    const other = z.object({
      model: z.object({ depth: z.number().int() }),
      training: z.object({ epochs: z.number().default(5) }),
    });
    expect(() => parameters.validate(other)).toThrow(ParametersError);
    expect(() => parameters.validate(other)).toThrow('model.depth: ');
    const depth: number = parameters.with({ 'model.depth': 2 }).validate(other).model.depth;
    expect(depth).toBe(2);
    const mixed = schema.object({ sizes: schema.list(z.number().max(1)) });
    expect(() => new Config({ sizes: [1, 2] }).validate(mixed)).toThrow('sizes[1]: ');
  });

  it('that check later are refused', () => {
    const later = z.object({}).refine(() => Promise.resolve(true));
    expect(() => new Config({}).validate(later)).toThrow('checks asynchronously');
  });
});
