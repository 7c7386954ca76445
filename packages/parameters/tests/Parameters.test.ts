import { ArgumentError, NotFoundError } from '@delira/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Parameters, ParametersError, parsePath, printPath, type Values } from '../src/index.js';

const parameters = new Parameters({
  fixed: {
    model: { depth: 18, name: 'resnet' },
    training: { epochs: 10, optimizer: { type: 'Adam', options: { betas: [0.9, 0.99] } } },
  },
  variable: { model: { depth: 34 }, training: { optimizer: { options: { lr: 0.001 } } } },
});

describe('Parameters', () => {
  it('shows both hierarchies of the same values', () => {
    expect(parameters.hierarchy).toBe('variabilityOnTop');
    expect(parameters.fixed.model).toEqual({ depth: 18, name: 'resnet' });
    expect(parameters.model).toEqual({ fixed: { depth: 18, name: 'resnet' }, variable: { depth: 34 } });
    expect(parameters.training.variable).toEqual({ optimizer: { options: { lr: 0.001 } } });
    expect(parameters.training.variable).toBe(parameters.variable.training);
  });

  it('permutes without changing itself', () => {
    const permuted = parameters.permuteHierarchy();
    expect(permuted.trainingOnTop).toBe(true);
    expect(permuted.tree).toEqual({ model: parameters.model, training: parameters.training });
    expect(permuted.fixed.model).toBe(parameters.fixed.model);
    expect(parameters.variabilityOnTop).toBe(true);
    expect(parameters.tree).toEqual({ fixed: parameters.fixed, variable: parameters.variable });
    expect(permuted.permuteHierarchy().tree).toEqual(parameters.tree);
    expect(parameters.permuteVariabilityOnTop()).toBe(parameters);
    expect(permuted.permuteTrainingOnTop()).toBe(permuted);
    expect(parameters.permuteTo('trainingOnTop').hierarchy).toBe('trainingOnTop');
    expect(new Parameters(permuted.tree).hierarchy).toBe('trainingOnTop');
  });

  it('cannot be changed', () => {
    expect(() => Object.assign(parameters.fixed, { model: {} })).toThrow(TypeError);
    expect(() => Object.assign(parameters.fixed.model, { depth: 1 })).toThrow(TypeError);
    expect(() => Object.assign(parameters.values.model, { depth: 1 })).toThrow(TypeError);
    Object.assign(parameters.model, { fixed: {} });
    expect(parameters.get('fixed.model.depth')).toBe(18);
  });

  it('overlays fixed parameters by variable ones', () => {
    expect(parameters.values).toEqual({
      model: { depth: 34, name: 'resnet' },
      training: { epochs: 10, optimizer: { type: 'Adam', options: { betas: [0.9, 0.99], lr: 0.001 } } },
    });
    const other = parameters.with({ 'variable.training.optimizer': { type: 'SGD', options: { lr: 1 } } });
    expect(other.values.training['optimizer']).toEqual({ type: 'SGD', options: { lr: 1 } });
  });

  it('looks up what holds in the end, or one group', () => {
    expect(parameters.get('model.depth')).toBe(34);
    expect(parameters.get('fixed.model.depth')).toBe(18);
    expect(parameters.get('model.fixed.depth')).toBe(18);
    expect(parameters.get('model')).toEqual({ depth: 34, name: 'resnet' });
    expect(parameters.get('variable.model')).toEqual({ depth: 34 });
    expect(parameters.get('model.width', 64)).toBe(64);
    expect(parameters.has('variable.model.name')).toBe(false);
    expect(parameters.nestedGet('depth')).toBe(34);
    expect(parameters.nestedGet('lr')).toBe(0.001);
    expect(parameters.nestedGet('fixed.training.epochs')).toBe(10);
    expect(parameters.paths()).toEqual([
      'model.depth',
      'model.name',
      'training.epochs',
      'training.optimizer.type',
      'training.optimizer.options.betas',
      'training.optimizer.options.lr',
    ]);
    expect(() => parameters.get('model.dept')).toThrow(
      'There is no parameter "model.dept". model has depth, name. Did you mean "depth"?',
    );
    expect(() => parameters.get('variable.model.name')).toThrow('variable.model has depth.');
    expect(() => parameters.nestedGet('fixed')).toThrow(NotFoundError);
    const twice = parameters.with({ 'training.depth': 2 }, { allowNew: true });
    expect(() => twice.nestedGet('depth', { default: 1 })).toThrow('called "depth": model.depth, training.depth.');
    expect(twice.nestedGet('depth', { allowMultiple: true })).toEqual([34, 2]);
  });

  it('changes a parameter where it is', () => {
    const changed = parameters.withArguments([
      'model.depth=50',
      'training.epochs=20',
      'training.optimizer.options.lr=1e-2',
    ]);
    expect(changed.variable).toEqual({ model: { depth: 50 }, training: { optimizer: { options: { lr: 0.01 } } } });
    expect(changed.fixed.model['depth']).toBe(18);
    expect(changed.fixed.training['epochs']).toBe(20);
    expect(parameters.get('model.depth')).toBe(34);
    expect(parameters.withArguments(['model.fixed.depth=50']).get('fixed.model.depth')).toBe(50);
    expect(parameters.permuteHierarchy().with({ 'model.depth': 1 }).hierarchy).toBe('trainingOnTop');
    expect(parameters.with({ 'training.optimizer': 'SGD' }).get('training.optimizer')).toBe('SGD');
    const replaced = parameters.with({ 'training.optimizer': { type: 'Adam' } });
    expect(replaced.get('training.optimizer')).toEqual({ type: 'Adam' });
    expect(replaced.fixed.training).toEqual({ epochs: 10 });
  });

  it('adds parameters only when asked to, and beside their siblings', () => {
    expect(() => parameters.with({ 'model.dept': 1 })).toThrow('Did you mean "depth"? To add it, allow new names.');
    expect(() => parameters.with({ 'variable.model.name': 'x' })).toThrow('To add it, allow new names.');
    const added = parameters.with(
      { 'model.width': 64, 'training.optimizer.options.eps': 1, 'variable.model.dropout.p': 0.5 },
      { allowNew: true },
    );
    expect(added.fixed.model['width']).toBe(64);
    expect(added.variable.training['optimizer']).toEqual({ options: { lr: 0.001, eps: 1 } });
    expect(added.get('model.dropout.p')).toBe(0.5);
  });

  it('refuses changes that would lose parameters', () => {
    expect(() => parameters.with({ model: {} })).toThrow(
      '"model" is not one parameter. Name one in it, or model.fixed or model.variable.',
    );
    expect(() => parameters.with({ 'training.optimizer': 4 })).toThrow(
      'training.optimizer holds type, options, and would be lost to 4.',
    );
    expect(() => parameters.with({ depth: 4 }, { allowNew: true })).toThrow('That name is at: model.depth.');
    expect(() => parameters.with({ fixed: 4 })).toThrow(ArgumentError);
    expect(() => parameters.with({ 'fixed.model.variable': 4 }, { allowNew: true })).toThrow(
      'cannot be called "variable" here',
    );
  });

  it('refuses any other tree', () => {
    const refused = (tree: object): unknown => new Parameters(tree);
    expect(() => refused({ fixed: {}, model: {} })).toThrow('There is no valid hierarchy');
    expect(() => refused({ fixd: {} })).toThrow(
      'fixd: is not known here. Did you mean "fixed"? Parameters are below fixed, variable, model, training.',
    );
    expect(() => refused({ model: { depth: 4, fixed: { fixed: 1 } }, training: 3 })).toThrow(
      new ParametersError([
        { path: 'model.depth', message: 'is not known here. Parameters are below model.fixed, model.variable.' },
        { path: 'training', message: 'is 3, but must be a mapping.' },
        {
          path: 'model.fixed.fixed',
          message:
            'a parameter cannot be called "fixed" here. Choose another name, or look at the order of the levels.',
        },
      ]),
    );
    expect(new Parameters().tree).toEqual({
      fixed: { model: {}, training: {} },
      variable: { model: {}, training: {} },
    });
    expect(Parameters.parse('model:\n  fixed:\n').tree).toEqual({
      model: { fixed: {}, variable: {} },
      training: { fixed: {}, variable: {} },
    });
  });

  it('returns at every path what was put there, in both hierarchies', () => {
    const names = fc.constantFrom('a', 'b', 'type', 'x.y');
    const { group } = fc.letrec<{ group: Values; value: unknown }>((tie) => ({
      group: fc.dictionary(names, tie('value'), { maxKeys: 3 }) as fc.Arbitrary<Values>,
      value: fc.oneof(
        { depthSize: 'small' },
        fc.nat(9),
        fc.constantFrom('Adam', 'SGD'),
        tie('group'),
        fc.array(fc.nat(9)),
      ),
    }));
    const sections = fc.record({ model: group, training: group });
    fc.assert(
      fc.property(fc.record({ fixed: sections, variable: sections }), group, (tree, mapping) => {
        const original = new Parameters(tree);
        const permuted = original.permuteHierarchy();
        const before = original.stringify();
        const leaves = original.paths().map(parsePath);
        const places = [...leaves, ...leaves.map((path) => path.slice(0, -1))].filter((path) => path.length > 1);
        for (const path of places.map(printPath)) {
          const current = original.get(path);
          const isMapping = typeof current === 'object' && !Array.isArray(current);
          const value = isMapping ? mapping : 'new';
          expect(original.with({ [path]: value }).get(path)).toEqual(value);
          expect(permuted.with({ [path]: value }).permuteHierarchy().tree).toEqual(
            original.with({ [path]: value }).tree,
          );
        }
        expect(original.stringify()).toBe(before);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('clones into equal parameters', () => {
    const copy = parameters.clone();
    expect(copy.tree).toEqual(parameters.tree);
    expect(copy.hierarchy).toBe('variabilityOnTop');
    expect(copy.fixed.model).not.toBe(parameters.fixed.model);
    expect(copy.with({ 'model.depth': 1 }).get('model.depth')).toBe(1);
  });

  it.each(['yaml', 'json'] as const)('writes and reads %s in the hierarchy it has', (format) => {
    for (const original of [parameters, parameters.permuteHierarchy()]) {
      const read = Parameters.parse(original.stringify(format), { format });
      expect(read.tree).toEqual(original.tree);
      expect(read.hierarchy).toBe(original.hierarchy);
    }
  });

  it('gives its types to who declares them', () => {
    interface Model {
      readonly depth: number;
    }
    const typed = new Parameters<Model>({ fixed: { model: { depth: 4 } } });
    const doubled: number = typed.values.model.depth * 2;
    expect(doubled).toBe(8);
  });

  it('prints its parameters in the order of its hierarchy', () => {
    const small = new Parameters({ model: { variable: { depth: 4 } }, training: { fixed: { name: 'a b' } } });
    expect(String(small)).toBe(
      'Parameters:\n\tmodel.fixed = {}\n\tmodel.variable.depth = 4\n\ttraining.fixed.name = "a b"\n\ttraining.variable = {}',
    );
    expect(JSON.stringify(small)).toBe(
      '{"model":{"fixed":{},"variable":{"depth":4}},"training":{"fixed":{"name":"a b"},"variable":{}}}',
    );
  });
});
