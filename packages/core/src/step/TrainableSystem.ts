import { ArgumentError, NotFoundError, StaleReadError } from '../errors/index.js';
import { createRng, full, type NDArray } from '../ndarray/index.js';
import type { Aval, Program, ValueId } from '../ir/index.js';
import { gradients } from '../autodiff/index.js';
import { namedVariables, Variable, withModuleScopes } from '../module/index.js';
import { selectOutputs } from '../passes/index.js';
import { type Tensor, type Trace, type TraceContext } from '../tensor/index.js';
import type { Network, TensorsOf } from './Network.js';
import type { Optimizer, Slot } from './Optimizer.js';
import type { Gradients, Loss, Step } from './Step.js';
import { trace } from './trace.js';

function copied(array: NDArray): NDArray {
  return { ...array, data: array.data.slice() } as NDArray;
}

export interface SystemOptions<B, P> {
  /** One for each of the network's optimizer groups; none for evaluation only. */
  readonly optimizers?: Readonly<Record<string, Optimizer>>;
  readonly losses?: Readonly<Record<string, Loss<B, P>>>;
  /** Default float32 throughout. */
  readonly policy?: TraceContext['policy'];
}

/** Collated shapes and dtypes of a batch's entries, batch axis included. */
export type BatchSignature = Readonly<Record<string, Aval>>;

interface Group {
  readonly optimizer: Optimizer;
  readonly params: readonly Variable[];
  readonly names: readonly string[];
  readonly slots: Readonly<Record<string, { readonly variable: Variable; readonly slot: Slot }>>;
}

/** A network with its losses and optimizers: traces the Programs of training, evaluation and prediction over one set of variables. */
export class TrainableSystem<B extends TensorsOf<B>, P extends TensorsOf<P>> {
  /** Every variable by name: the network's, then the optimizers' as `optimizer.<group>.<slot>`. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Runtime scalars of the optimizers and their defaults, such as `'default.lr'`. */
  readonly hyper: Readonly<Record<string, number>>;
  readonly #groups: Readonly<Record<string, Group>>;
  readonly #names: ReadonlyMap<Variable, string>;

  /** @throws ArgumentError when optimizers and the network's groups do not correspond. */
  constructor(
    readonly network: Network<B, P>,
    private readonly options: SystemOptions<B, P> = {},
  ) {
    const variables = new Map(namedVariables(network));
    const nameOf = new Map([...variables].map(([name, variable]) => [variable, name]));
    this.#groups = this.#bind(nameOf);
    for (const [group, { slots }] of Object.entries(this.#groups)) {
      for (const [slot, { variable }] of Object.entries(slots)) variables.set(`optimizer.${group}.${slot}`, variable);
    }
    this.variables = variables;
    this.#names = new Map([...variables].map(([name, variable]) => [variable, name]));
    this.hyper = Object.fromEntries(
      Object.entries(this.#groups).flatMap(([group, { optimizer }]) =>
        Object.entries(optimizer.hyper).map(([name, value]) => [`${group}.${name}`, value]),
      ),
    );
  }

  #bind(nameOf: ReadonlyMap<Variable, string>): Record<string, Group> {
    const optimizers = this.options.optimizers ?? {};
    const groups = this.network.optimizerGroups();
    for (const name of Object.keys(optimizers)) {
      if (groups[name] === undefined)
        throw new ArgumentError(
          `There is an optimizer "${name}", but ${this.network.constructor.name} has the groups ${Object.keys(groups).join(', ')}. Name optimizers after groups.`,
        );
    }
    const bound: Record<string, Group> = {};
    for (const [name, optimizer] of Object.entries(optimizers)) {
      const params = groups[name]!.filter(({ trainable }) => trainable);
      if (params.length === 0)
        throw new ArgumentError(
          `Optimizer group "${name}" has no trainable parameter. Thaw some with setTrainable, or leave the optimizer out.`,
        );
      const names = params.map((variable) => {
        const path = nameOf.get(variable);
        if (path === undefined)
          throw new ArgumentError(
            `Optimizer group "${name}" contains a variable that is not reachable from ${this.network.constructor.name}. Keep it in a public property.`,
          );
        return path;
      });
      const initial = optimizer.init(params.map(({ aval }, index) => ({ ...aval, name: names[index]! })));
      const slots = Object.fromEntries(
        Object.entries(initial).map(([key, slot]) => {
          const aval = { shape: slot.shape, dtype: slot.dtype };
          const fill = 'fill' in slot ? slot.fill : 0;
          return [key, { slot, variable: new Variable('optimizer', aval, () => full(slot.shape, fill, slot.dtype)) }];
        }),
      );
      bound[name] = { optimizer, params, names, slots };
    }
    return bound;
  }

  /** First values of all variables: a pure function of the seed and each variable's name, in arrays that nobody else holds. */
  initialState(seed: number): ReadonlyMap<string, NDArray> {
    const root = createRng(seed);
    const state = new Map<string, NDArray>();
    for (const [name, variable] of this.variables) {
      // An initializer may give an array of the user's. What it made instead is soon garbage, and collected while the next ones are made.
      if (variable.kind !== 'optimizer')
        state.set(name, copied(variable.initialize(root.fork('init', name), variable.aval.shape)));
    }
    for (const [group, { slots }] of Object.entries(this.#groups)) {
      for (const [key, { slot, variable }] of Object.entries(slots)) {
        const value = 'copyOf' in slot ? copied(state.get(slot.copyOf)!) : variable.initialize(root, slot.shape);
        state.set(`optimizer.${group}.${key}`, value);
      }
    }
    return state;
  }

  /** The whole training step, with its scalars as outputs. `outputs`: further results to keep, such as predictions. */
  traceTrain(signature: BatchSignature, options: { readonly outputs?: readonly string[] } = {}): Program {
    if (Object.keys(this.#groups).length === 0)
      throw new ArgumentError(
        `Cannot trace a training step of ${this.network.constructor.name} without optimizers. Pass { optimizers: { default: adam() } }.`,
      );
    const program = this.#trace('train', true, signature, (batch, step) => this.network.trainStep(batch, step));
    return withScalars(program, options.outputs ?? []);
  }

  /** Predictions and losses without an update. `outputs`: results to keep besides the scalars; default all. */
  traceEval(signature: BatchSignature, options: { readonly outputs?: readonly string[] } = {}): Program {
    const program = this.#trace('eval', false, signature, (batch, step) => this.network.evalStep(batch, step));
    return withScalars(program, options.outputs ?? Object.keys(program.outputs));
  }

  /** Predictions only; its feeds are the entries `predict` reads. */
  tracePredict(signature: BatchSignature): Program {
    return this.#trace(
      'predict',
      false,
      signature,
      (batch) => this.network.predict(batch) as Readonly<Record<string, Tensor>>,
    );
  }

  /** Gradients of the total loss by parameter name, and the loss: for tests and comparisons. */
  traceGradients(signature: BatchSignature): Program {
    return this.#trace('gradients', true, signature, (batch, step) => {
      let collected: Readonly<Record<string, Tensor>> = {};
      const losses = this.network.trainStep(batch, {
        ...step,
        minimize: (group, loss) => {
          const found = step.grads(loss, this.#group(group).params);
          collected = {
            ...collected,
            ...Object.fromEntries(
              [...found].map(([variable, gradient]) => [`grad.${this.#names.get(variable)!}`, gradient]),
            ),
          };
        },
      });
      return { ...losses, ...collected };
    });
  }

  #group(name: string): Group {
    const group = this.#groups[name];
    if (group === undefined)
      throw new NotFoundError(
        `There is no optimizer group "${name}". There is: ${Object.keys(this.#groups).join(', ') || 'none'}.`,
      );
    return group;
  }

  #trace(
    name: string,
    training: boolean,
    signature: BatchSignature,
    body: (batch: B, step: Step<B, P>) => Readonly<Record<string, Tensor>>,
  ): Program {
    return trace(
      (recording) =>
        withModuleScopes(this.network, () => {
          // Entries become feeds when they are first read, so a Program's signature is what it uses.
          const batch = new Proxy({} as Record<string, Tensor>, {
            get: (known, key) => {
              if (typeof key !== 'string') return undefined;
              const aval = signature[key];
              if (aval === undefined)
                throw new NotFoundError(
                  `The step reads the batch entry "${key}", but the batch has: ${Object.keys(signature).join(', ')}.`,
                );
              return (known[key] ??= recording.feed(key, aval));
            },
            ownKeys: () => Object.keys(signature),
            getOwnPropertyDescriptor: (_, key) =>
              Object.hasOwn(signature, key) ? { enumerable: true, configurable: true } : undefined,
          });
          return body(batch as B, this.#step(recording));
        }),
      {
        name: `${this.network.constructor.name}.${name}`,
        training,
        names: this.#names,
        ...(this.options.policy === undefined ? {} : { policy: this.options.policy }),
      },
    );
  }

  #step(recording: Trace): Step<B, P> {
    const grads = (loss: Tensor, wrt: readonly Variable[]): Gradients => {
      this.#refuseStaleReads(recording, loss, wrt);
      const found = gradients(
        loss,
        wrt.map((variable) => recording.read(variable)),
      );
      return new Map(wrt.map((variable, index) => [variable, found[index]!]));
    };
    const apply = (name: string, found: Gradients): void => {
      const { optimizer, params, names, slots } = this.#group(name);
      const values = params.map((variable) => recording.read(variable));
      const updates = params.map((variable, index) => found.get(variable) ?? values[index]!.mul(0));
      const state = Object.fromEntries(
        Object.entries(slots).map(([key, { variable }]) => [key, recording.read(variable)]),
      );
      const hyper = (key: string): Tensor => {
        if (!Object.hasOwn(optimizer.hyper, key))
          throw new NotFoundError(
            `The optimizer of group "${name}" reads the hyper "${key}" but declares ${Object.keys(optimizer.hyper).join(', ') || 'none'}.`,
          );
        return recording.hyper(`${name}.${key}`);
      };
      const [changes, next] = optimizer.update(updates, state, { params: values, names, hyper });
      params.forEach((variable, index) => variable.assign(values[index]!.add(changes[index]!)));
      for (const [key, value] of Object.entries(next)) slots[key]!.variable.assign(value);
    };
    return {
      losses: this.options.losses ?? {},
      grads,
      apply,
      minimize: (group, loss) => apply(group, grads(loss, this.#group(group).params)),
      hyper: (name) => recording.hyper(name),
    };
  }

  #refuseStaleReads(recording: Trace, loss: Tensor, wrt: readonly Variable[]): void {
    const current = new Set<ValueId>(wrt.map((variable) => recording.read(variable).id));
    const reached = new Set<ValueId>([loss.id]);
    for (let index = recording.nodes.length - 1; index >= 0; index--) {
      const { inputs, outputs } = recording.nodes[index]!;
      // A current value may itself have been computed from the past one; that is no stale read.
      if (outputs.some((id) => reached.has(id) && !current.has(id))) for (const id of inputs) reached.add(id);
    }
    for (const variable of wrt) {
      if ([...recording.pastValues(variable)].some((id) => reached.has(id))) {
        throw new StaleReadError(
          `The loss was computed from "${recording.nameOf(variable)}" before that was updated. Run forward again after apply() or minimize(), or take grads() first.`,
        );
      }
    }
  }
}

/** The Program for its scalar outputs and those named. */
function withScalars(program: Program, names: readonly string[]): Program {
  const scalars = Object.keys(program.outputs).filter(
    (name) => program.avals[program.outputs[name]!]!.shape.length === 0,
  );
  return selectOutputs(program, [...new Set([...scalars, ...names])]);
}
