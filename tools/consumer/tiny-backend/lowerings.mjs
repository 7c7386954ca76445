import { lowerings as reference } from '@delira/backend-reference';

/**
 * A value of this engine: numbers of one shape.
 *
 * @typedef {{ readonly shape: readonly number[], readonly data: Float64Array | Int32Array | Uint8Array }} Value
 */

/** The engine's arithmetic: what it computes is float32. @param {Value} value @returns {Value} */
const rounded = ({ shape, data }) => ({ shape, data: data instanceof Float64Array ? data.map(Math.fround) : data });

/** A kernel of our own: one function for each element. @param {(x: number) => number} apply */
const elementwise =
  (apply) =>
  /** @param {readonly Value[]} inputs @returns {readonly Value[]} */
  ([input]) => [{ shape: /** @type {Value} */ (input).shape, data: /** @type {Value} */ (input).data.map(apply) }];

/**
 * How each primitive is computed: by a function, by `'decompose'` (into other primitives), or `{ unsupported: 'why' }`. Those this engine has no
 * kernel for yet are computed by the reference's, one after the other to be replaced.
 *
 * @type {import('@delira/core').LoweringTable<Value>}
 */
export const lowerings = {
  ...reference,
  neg: elementwise((x) => -x),
  abs: elementwise(Math.abs),
  exp: elementwise(Math.exp),
  sqrt: elementwise(Math.sqrt),
  tanh: elementwise(Math.tanh),
  floor: elementwise(Math.floor),
  relu: elementwise((x) => (x < 0 ? 0 : x)),
  reshape: ([input], { shape }) => [{ shape, data: /** @type {Value} */ (input).data }],
  stopGradient: (inputs) => inputs,
  batchNorm: 'decompose',
  batchNormGrad: 'decompose',
};

/** Runs one node. @param {import('@delira/core').Node} node @param {readonly Value[]} inputs @param {readonly import('@delira/core').Aval[]} outputs */
export function compute(node, inputs, outputs) {
  const lower = /** @type {import('@delira/core').Lowering<object, Value>} */ (lowerings[node.prim]);
  return lower(inputs, node.attrs, outputs).map(rounded);
}
