import { describe, expect, it } from 'vitest';
import { gradients, StaleReadError, type Tensor, TrainableSystem } from '../src/index.js';
import { Custom, type Pairs, plainSgd, type Prediction, signature, squaredError } from './regression.js';
import type { Step } from '../src/index.js';

type Body = (network: Custom, batch: Pairs, step: Step<Pairs, Prediction>) => Record<string, Tensor>;

function traced(body: Body): ReturnType<TrainableSystem<Pairs, Prediction>['traceTrain']> {
  const optimizers = { default: plainSgd(), weight: plainSgd(), bias: plainSgd() };
  return new TrainableSystem(new Custom(body), { optimizers }).traceTrain(signature, { outputs: [] });
}

const lossOf = (network: Custom, batch: Pairs): Tensor => squaredError(network.predict(batch), batch);

describe('assignments', () => {
  it('let no gradient through: one network’s must not leak through another’s update', () => {
    const program = traced(({ weight, bias }) => {
      const before = weight.value;
      bias.assign(before.sum([0]));
      const [leaked] = gradients(bias.value.sum(), [before]);
      return { leaked: leaked!.sum() };
    });
    const gradient = program.nodes.find(({ outputs }) => outputs[0] === program.outputs['leaked'])!;
    const source = program.nodes.find(({ outputs }) => outputs[0] === gradient.inputs[0])!;
    expect(source.prim).toBe('broadcastTo');
    expect(program.consts.get(source.inputs[0]!)!.data[0]).toBe(0);
  });

  it('let no gradient through the update a later loss reads', () => {
    // The generator's loss reads the updated discriminator; the update itself depends on the generator.
    const program = traced((network, batch, step) => {
      step.minimize('bias', lossOf(network, batch));
      const loss = lossOf(network, batch);
      step.minimize('weight', loss);
      return { loss };
    });
    const direct = traced((network, batch, step) => {
      const loss = lossOf(network, batch);
      step.minimize('weight', loss);
      return { loss };
    });
    const matmuls = (candidate: typeof program): number =>
      candidate.nodes.filter(({ prim }) => prim === 'matmul').length;
    // Forward and weight gradient once each: a leak would add a second path through the bias's update.
    expect([matmuls(direct), matmuls(program)]).toEqual([2, 2]);
  });
});

describe('losses computed before an update', () => {
  it('are refused', () => {
    const body: Body = (network, batch, step) => {
      const loss = lossOf(network, batch);
      step.minimize('weight', loss);
      step.minimize('weight', loss);
      return {};
    };
    expect(() => traced(body)).toThrow(StaleReadError);
    expect(() => traced(body)).toThrow(
      'The loss was computed from "weight" before that was updated. Run forward again after apply() or minimize(), or take grads() first.',
    );
  });

  it('are refused also where an old and a new forward are mixed', () => {
    expect(() =>
      traced((network, batch, step) => {
        const old = lossOf(network, batch);
        step.minimize('weight', old);
        step.minimize('weight', lossOf(network, batch).add(old));
        return {};
      }),
    ).toThrow(StaleReadError);
    expect(() =>
      traced((network, batch, step) => {
        const old = network.predict(batch).pred;
        step.minimize('weight', old.mean());
        step.minimize('weight', network.predict(batch).pred.mul(old.exp()).mean());
        return {};
      }),
    ).toThrow(StaleReadError);
  });

  it('are accepted where only another variable was updated', () => {
    expect(() =>
      traced((network, batch, step) => {
        const loss = lossOf(network, batch);
        step.minimize('bias', loss);
        step.minimize('weight', loss);
        return {};
      }),
    ).not.toThrow();
  });

  it('are accepted where gradients were taken first', () => {
    expect(() =>
      traced((network, batch, step) => {
        const loss = lossOf(network, batch);
        const found = step.grads(loss, [network.weight]);
        const again = step.grads(loss.mul(2), [network.weight]);
        step.apply('weight', found);
        step.apply('weight', again);
        return {};
      }),
    ).not.toThrow();
  });

  it('are accepted after another forward, though the new value came from the old one', () => {
    expect(() =>
      traced((network, batch, step) => {
        for (let i = 0; i < 3; i++) step.minimize('weight', lossOf(network, batch));
        return {};
      }),
    ).not.toThrow();
  });
});

describe('reads after an assignment', () => {
  it('give the new value', () => {
    const program = traced(({ weight }, { label }) => {
      const before = weight.value.sum();
      weight.assign(label.sum([0], { keepDims: true }).broadcastTo([2, 1]));
      return { before, after: weight.value.sum() };
    });
    expect(program.outputs['after']).not.toBe(program.outputs['before']);
    const after = program.nodes.find(({ outputs }) => outputs[0] === program.outputs['after'])!;
    expect(after.inputs[0]).toBe(program.writes['weight']);
    expect(after.inputs[0]).not.toBe(program.reads['weight']);
  });

  it('give the updated parameters to the second loss of a step', () => {
    const program = traced((network, batch, step) => {
      const first = lossOf(network, batch);
      step.minimize('default', first);
      return { first, second: lossOf(network, batch) };
    });
    // Equal subexpressions are merged: had the second forward read the old parameters, both losses would be one value.
    expect(program.outputs['second']).not.toBe(program.outputs['first']);
  });
});
