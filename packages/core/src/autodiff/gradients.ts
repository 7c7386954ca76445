import { ArgumentError, DTypeError } from '../errors/index.js';
import { full, isFloating } from '../ndarray/index.js';
import type { Node, ValueId } from '../ir/index.js';
import { type Primitive, primitives } from '../primitives/index.js';
import { asTensor } from '../ops/index.js';
import { constant, currentTrace, type Tensor } from '../tensor/index.js';

/** Values that depend on any of `sources` through a path gradients follow. */
function dependents(nodes: readonly Node[], sources: Iterable<ValueId>): Set<ValueId> {
  const reached = new Set(sources);
  for (const { prim, inputs, outputs } of nodes) {
    if (prim !== 'stopGradient' && inputs.some((id) => reached.has(id))) for (const id of outputs) reached.add(id);
  }
  return reached;
}

/**
 * Reverse-mode differentiation of the trace recorded so far: for each of `sources`, the sum over `targets` of
 * cotangent · ∂target/∂source. The gradients are recorded as further nodes, so they can be differentiated again.
 * A source the targets do not depend on gets zeros.
 *
 * @throws ArgumentError when a path runs through a primitive without gradient.
 */
export function pullback(
  targets: readonly Tensor[],
  cotangents: readonly Tensor[],
  sources: readonly Tensor[],
): readonly Tensor[] {
  const trace = currentTrace();
  const recorded = trace.nodes.slice();
  const reached = dependents(
    recorded,
    sources.map(({ id }) => id),
  );
  // Sources are independent of each other: nothing flows on through one to another.
  const leaves = new Set(sources.map(({ id }) => id));
  const gradients = new Map<ValueId, Tensor>();
  const accumulate = (id: ValueId, gradient: Tensor): void => {
    const known = gradients.get(id);
    gradients.set(id, known === undefined ? gradient : known.add(gradient));
  };
  targets.forEach((target, index) => accumulate(target.id, cotangents[index]!));

  for (let index = recorded.length - 1; index >= 0; index--) {
    const node = recorded[index]!;
    const flows = (id: ValueId): boolean => gradients.has(id) && reached.has(id) && !leaves.has(id);
    if (node.prim === 'stopGradient' || !node.outputs.some(flows)) continue;
    const outputGradients = node.outputs.map((id) => (flows(id) ? gradients.get(id)! : null));
    const inputGradients = trace.inScope(node.scope, () =>
      vjpOf(
        node,
        outputGradients,
        node.inputs.map((id) => reached.has(id)),
      ),
    );
    inputGradients.forEach((gradient, position) => {
      const id = node.inputs[position]!;
      if (gradient !== null && reached.has(id)) accumulate(id, gradient);
    });
  }
  return sources.map((source) => gradients.get(source.id) ?? constant(0, source.dtype).broadcastTo(source.shape));
}

function vjpOf(node: Node, grads: readonly (Tensor | null)[], needs: readonly boolean[]): readonly (Tensor | null)[] {
  const trace = currentTrace();
  const primitive = primitives[node.prim] as Primitive<object>;
  const inputs = node.inputs.map((id) => trace.tensor(id));
  if (primitive.vjp === 'decompose') {
    const outputs = primitive.decompose!(inputs, node.attrs);
    const used = outputs.flatMap((output, index) => (grads[index] === null ? [] : [{ output, grad: grads[index]! }]));
    return pullback(
      used.map(({ output }) => output),
      used.map(({ grad }) => grad),
      inputs,
    );
  }
  if (primitive.vjp === null) {
    throw new ArgumentError(
      `${node.scope === '' ? '' : `In ${node.scope}: `}${node.prim} cannot be differentiated. Put stopGradient() around it if no gradient should flow.`,
    );
  }
  return primitive.vjp({
    inputs,
    outputs: node.outputs.map((id) => trace.tensor(id)),
    grads,
    needs,
    attrs: node.attrs,
  });
}

/**
 * Gradient of a scalar with respect to each of `sources`.
 *
 * @throws ArgumentError unless `loss` has one element; DTypeError for a source or loss that is not floating.
 */
export function gradients(loss: Tensor, sources: readonly Tensor[]): readonly Tensor[] {
  if (loss.shape.some((extent) => extent !== 1))
    throw new ArgumentError(
      `A loss must be a scalar to be differentiated, got ${loss.toString()}. Reduce it with mean() or sum().`,
    );
  for (const tensor of [loss, ...sources])
    if (!isFloating(tensor.dtype))
      throw new DTypeError(`Cannot differentiate ${tensor.toString()}: only floating dtypes have gradients.`);
  return pullback([loss], [asTensor(full(loss.shape, 1, loss.dtype))], sources);
}
