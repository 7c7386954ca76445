import { checkFeeds, checkFinite, checkSupported, decompose, DisposedError, drawNoise, verify } from '@delira/core';
import { compute, lowerings } from './lowerings.mjs';
import { fitting, requireTinyState, TinyState } from './state.mjs';

/**
 * @typedef {import('@delira/core').NDArray} NDArray
 * @typedef {import('@delira/core').Program} Program
 * @typedef {import('@delira/core').Feeds} Feeds
 * @typedef {import('./lowerings.mjs').Value} Value
 */

/** @type {ReadonlySet<import('@delira/core').DType>} */
const dtypes = new Set(/** @type {const} */ (['float32', 'int32', 'uint8', 'bool']));

/** In: float32 becomes what the kernels compute with. @param {NDArray} array @returns {Value} */
const valueOf = ({ dtype, shape, data }) => ({
  shape,
  data: dtype === 'float32' ? Float64Array.from(data) : /** @type {Int32Array | Uint8Array} */ (data.slice()),
});

/** Out: a copy. @param {Value} value @param {import('@delira/core').DType} dtype @returns {NDArray} */
const arrayOf = ({ shape, data }, dtype) =>
  /** @type {NDArray} */ ({ dtype, shape, data: dtype === 'float32' ? Float32Array.from(data) : data.slice() });

/** One step: every value of the Program, by its id. @param {Program} program @param {ReadonlyMap<string, Value>} state @param {Feeds} feeds */
function runStep(program, state, { batch = {}, hyper = {}, seed }) {
  /** @type {Map<number, Value>} */
  const values = new Map([...program.consts].map(([id, array]) => [id, valueOf(array)]));
  /** @param {number} id */
  const value = (id) => /** @type {Value} */ (values.get(id));
  for (const [name, id] of Object.entries(program.feeds)) values.set(id, valueOf(/** @type {NDArray} */ (batch[name])));
  for (const [name, id] of Object.entries(program.hyper))
    values.set(id, { shape: [], data: Float64Array.of(Math.fround(/** @type {number} */ (hyper[name]))) });
  if (seed !== undefined) {
    const drawn = drawNoise(program, ...seed);
    for (const [name, { id }] of Object.entries(program.noise))
      values.set(id, valueOf(/** @type {NDArray} */ (drawn.get(name))));
  }
  for (const [name, id] of Object.entries(program.reads)) values.set(id, /** @type {Value} */ (state.get(name)));
  for (const node of program.nodes) {
    const avals = node.outputs.map((id) => /** @type {import('@delira/core').Aval} */ (program.avals[id]));
    compute(node, node.inputs.map(value), avals).forEach((result, index) => {
      values.set(/** @type {number} */ (node.outputs[index]), result);
    });
  }
  return value;
}

/** @implements {import('@delira/core').Backend} */
class TinyBackend {
  name = 'tiny';
  capabilities = { training: true, dtypes };
  /** @type {Set<{ dispose(): Promise<void> }>} */
  #made = new Set();
  #disposed = false;

  /** @param {Program} traced @returns {Promise<import('@delira/core').Executable>} */
  async compile(traced) {
    this.#alive();
    checkSupported(traced, { name: this.name, dtypes, lowerings });
    verify(traced);
    const program = decompose(traced, ({ prim }) => lowerings[prim] === 'decompose');
    let disposed = false;
    return this.#keep({
      run: async (store, feeds, { finite = [] } = {}) => {
        if (disposed) throw new DisposedError(`The executable of "${program.name}"`);
        const state = requireTinyState(store);
        for (const one of feeds) checkFeeds(program, one);
        return state.exclusively((entries) => {
          const current = new Map(
            Object.entries(program.reads).map(([name, id]) => [
              name,
              valueOf(fitting(entries, name, program.avals[id])),
            ]),
          );
          /** @param {number} id */
          const dtypeOf = (id) => /** @type {import('@delira/core').Aval} */ (program.avals[id]).dtype;
          const outputs = feeds.map((one) => {
            const value = runStep(program, current, one);
            for (const [name, id] of Object.entries(program.writes)) current.set(name, value(id));
            return Object.fromEntries(
              Object.entries(program.outputs).map(([name, id]) => [name, arrayOf(value(id), dtypeOf(id))]),
            );
          });
          checkFinite(outputs, finite);
          // Nothing was written up to here: a step that fails leaves the state as it was.
          if (feeds.length > 0)
            for (const [name, id] of Object.entries(program.writes))
              entries.set(name, arrayOf(/** @type {Value} */ (current.get(name)), dtypeOf(id)));
          return outputs;
        });
      },
      dispose: async () => {
        disposed = true;
      },
    });
  }

  /** @param {ReadonlyMap<string, NDArray>} initial */
  async createState(initial) {
    this.#alive();
    return this.#keep(new TinyState(initial));
  }

  async dispose() {
    this.#disposed = true;
    await Promise.all([...this.#made].map((made) => made.dispose()));
  }

  /** @template {{ dispose(): Promise<void> }} T @param {T} made */
  #keep(made) {
    this.#made.add(made);
    return made;
  }

  #alive() {
    if (this.#disposed) throw new DisposedError('The backend "tiny"');
  }
}

/** What `resolveBackend({ name: 'tiny-backend' })` calls. @returns {Promise<import('@delira/core').Backend>} */
export const createBackend = async () => new TinyBackend();
