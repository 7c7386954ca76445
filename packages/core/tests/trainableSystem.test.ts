import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  ndarray,
  NotFoundError,
  type Optimizer,
  setTrainable,
  TrainableSystem,
  TraceError,
} from '../src/index.js';
import { Custom, plainSgd, recordingSgd, Regression, signature, squaredError } from './regression.js';

const losses = { mse: squaredError };
const system = (): TrainableSystem<never, never> =>
  new TrainableSystem(new Regression(), { optimizers: { default: recordingSgd() }, losses }) as never;

describe('variables of a system', () => {
  it('are the network’s, then the optimizers’', () => {
    expect([...system().variables].map(([name, { kind }]) => [name, kind])).toEqual([
      ['weight', 'param'],
      ['bias', 'param'],
      ['steps', 'buffer'],
      ['optimizer.default.count', 'optimizer'],
      ['optimizer.default.copy.weight', 'optimizer'],
      ['optimizer.default.copy.bias', 'optimizer'],
    ]);
  });

  it('begin with a function of seed and name', () => {
    const state = system().initialState(3);
    expect(system().initialState(3)).toEqual(state);
    expect(system().initialState(4).get('weight')).not.toEqual(state.get('weight'));
    expect(state.get('optimizer.default.count')!.data[0]).toBe(5);
    expect(state.get('steps')).toEqual({ dtype: 'int32', shape: [], data: Int32Array.of(0) });
    // A variable added elsewhere changes nothing here.
    class Wider extends Regression {
      readonly extra = this.param([7], (rng, shape) => ({
        dtype: 'float32',
        shape,
        data: new Float32Array(7).fill(rng.uniform()),
      }));
    }
    expect(new TrainableSystem(new Wider()).initialState(3).get('weight')).toEqual(state.get('weight'));
  });

  it('are in arrays of their own, whatever an initializer gives', () => {
    const given = ndarray([1, 2, 3, 4, 5, 6, 7], [7]);
    class Pretrained extends Regression {
      readonly extra = this.param([7], () => given);
    }
    const system = new TrainableSystem(new Pretrained());
    const [first, second] = [system.initialState(3).get('extra')!, system.initialState(3).get('extra')!];
    expect(first).toEqual(given);
    expect(new Set([given, first, second].map(({ data }) => data.buffer)).size).toBe(3);
  });

  it('copy parameters where an optimizer asks for it, into memory of their own', () => {
    const state = system().initialState(3);
    expect(state.get('optimizer.default.copy.weight')).toEqual(state.get('weight'));
    expect(state.get('optimizer.default.copy.weight')!.data).not.toBe(state.get('weight')!.data);
  });
});

describe('the training step', () => {
  it('reads what it uses, updates everything, and gives scalars', () => {
    const program = system().traceTrain(signature);
    expect(program.name).toBe('Regression.train');
    expect(Object.keys(program.feeds)).toEqual(['data', 'label']);
    expect(Object.keys(program.hyper)).toEqual(['default.lr']);
    expect(Object.keys(program.writes).sort()).toEqual([...system().variables.keys()].sort());
    expect(Object.keys(program.outputs)).toEqual(['mse', 'loss']);
    expect(Object.keys(system().traceTrain(signature, { outputs: ['pred'] }).outputs)).toEqual(['mse', 'loss', 'pred']);
  });

  it('sums the losses', () => {
    const two = new TrainableSystem(new Regression(), {
      optimizers: { default: plainSgd() },
      losses: { mse: squaredError, twice: (prediction, batch) => squaredError(prediction, batch).mul(2) },
    });
    const program = two.traceTrain(signature);
    expect(Object.keys(program.outputs)).toEqual(['mse', 'twice', 'loss']);
    const sum = program.nodes.find(({ outputs }) => outputs[0] === program.outputs['loss'])!;
    expect([sum.prim, ...sum.inputs]).toEqual(['add', program.outputs['mse'], program.outputs['twice']]);
  });

  it('leaves frozen parameters alone', () => {
    const network = new Regression();
    setTrainable(network, false, (name) => name === 'weight');
    const frozen = new TrainableSystem(network, { optimizers: { default: recordingSgd() }, losses });
    expect(frozen.variables.has('optimizer.default.copy.weight')).toBe(false);
    const program = frozen.traceTrain(signature);
    expect(Object.keys(program.reads)).toContain('weight');
    expect(Object.keys(program.writes)).not.toContain('weight');
    expect(Object.keys(program.writes)).toContain('bias');
    setTrainable(network, false);
    expect(() => new TrainableSystem(network, { optimizers: { default: plainSgd() } })).toThrow(
      'Optimizer group "default" has no trainable parameter. Thaw some with setTrainable',
    );
  });

  it('gives each optimizer its own group, hypers and slots', () => {
    const network = new Custom(({ weight }, batch, step) => {
      step.minimize('weight', network.predict(batch).pred.mean());
      step.minimize('bias', network.predict(batch).pred.mean().mul(step.hyper('annealed')));
      return { size: weight.value.sum() };
    });
    const groups = new TrainableSystem(network, { optimizers: { weight: recordingSgd(), bias: plainSgd() } });
    expect(groups.hyper).toEqual({ 'weight.lr': 0.1, 'bias.lr': 0.1 });
    expect([...groups.variables.keys()].filter((name) => name.startsWith('optimizer.'))).toEqual([
      'optimizer.weight.count',
      'optimizer.weight.copy.weight',
    ]);
    expect(Object.keys(groups.traceTrain(signature).hyper).sort()).toEqual(['annealed', 'bias.lr', 'weight.lr']);
  });

  it('refuses what cannot work, and says why', () => {
    const optimizers = { default: plainSgd() };
    expect(() => new TrainableSystem(new Regression(), { optimizers: { encoder: plainSgd() } })).toThrow(
      'There is an optimizer "encoder", but Regression has the groups default. Name optimizers after groups.',
    );
    expect(() => new TrainableSystem(new Regression(), { losses }).traceTrain(signature)).toThrow(ArgumentError);
    expect(() => new TrainableSystem(new Regression(), { optimizers }).traceTrain(signature)).toThrow(
      'The network has no loss to compute.',
    );
    expect(() => system().traceTrain({ data: signature.data })).toThrow(
      'The step reads the batch entry "label", but the batch has: data.',
    );
    expect(() => system().traceTrain(signature, { outputs: ['prediction'] })).toThrow(NotFoundError);
    const stranger = new Regression();
    const foreign = new Custom((network, batch) => network.predict(batch) as never);
    foreign.optimizerGroups = () => ({ default: [stranger.weight] });
    expect(() => new TrainableSystem(foreign, { optimizers })).toThrow('not reachable from Custom');
    const unknown = new Custom((network, batch, step) => {
      step.minimize('encoder', network.predict(batch).pred.mean());
      return {};
    });
    expect(() => new TrainableSystem(unknown, { optimizers }).traceTrain(signature)).toThrow(
      'There is no optimizer group "encoder". There is: default.',
    );
    const undeclared: Optimizer = {
      ...plainSgd(),
      update: (gradients, _, { hyper }) => [[hyper('beta').mul(gradients[0]!)], {}],
    };
    expect(() =>
      new TrainableSystem(new Regression(), { optimizers: { default: undeclared }, losses }).traceTrain(signature),
    ).toThrow('The optimizer of group "default" reads the hyper "beta" but declares lr.');
  });

  it('names the network in errors of shapes', () => {
    expect(() => system().traceTrain({ ...signature, data: { shape: [4, 3], dtype: 'float32' } })).toThrow(
      'matmul of [4, 3], [2, 1]',
    );
  });
});

describe('evaluation and prediction', () => {
  it('write nothing and feed only what they read', () => {
    const evaluation = system().traceEval(signature);
    expect(evaluation.writes).toEqual({});
    expect(Object.keys(evaluation.reads)).toEqual(['weight', 'bias']);
    expect(Object.keys(evaluation.outputs)).toEqual(['mse', 'loss', 'pred']);
    expect(Object.keys(system().traceEval(signature, { outputs: [] }).outputs)).toEqual(['mse', 'loss']);
    const prediction = system().tracePredict(signature);
    expect(Object.keys(prediction.feeds)).toEqual(['data']);
    expect(Object.keys(prediction.outputs)).toEqual(['pred']);
  });

  it('may not assign', () => {
    class Careless extends Regression {
      override predict(batch: Parameters<Regression['predict']>[0]): ReturnType<Regression['predict']> {
        this.steps.assign(this.steps.value.add(1));
        return { pred: batch.data.matmul(this.weight.value) };
      }
    }
    expect(() => new TrainableSystem(new Careless()).tracePredict(signature)).toThrow(TraceError);
    expect(() => new TrainableSystem(new Careless()).tracePredict(signature)).toThrow('assigns steps');
  });
});

describe('traceGradients', () => {
  it('gives the gradient of every trainable parameter by name, and updates no parameter', () => {
    const program = system().traceGradients(signature);
    expect(Object.keys(program.outputs).sort()).toEqual(['grad.bias', 'grad.weight', 'loss', 'mse', 'pred']);
    expect(program.avals[program.outputs['grad.weight']!]!.shape).toEqual([2, 1]);
    expect(Object.keys(program.writes)).toEqual(['steps']);
  });
});
