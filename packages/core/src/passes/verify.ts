import { DeliraError, ProgramError } from '../errors/index.js';
import { formatShape, sameShape, sizeOf } from '../ndarray/index.js';
import type { Aval, Program, ValueId } from '../ir/index.js';
import { primitives } from '../primitives/index.js';
import type { Primitive } from '../primitives/index.js';

/**
 * Checks every invariant of a Program: each value is defined once and before it is used, every node's outputs follow from its inputs
 * by the primitive's shape rule, states are written back in the shape and dtype they are read in.
 *
 * @throws ProgramError naming the first violation.
 */
export function verify(program: Program): void {
  const fail = (what: string): never => {
    throw new ProgramError(
      `Program "${program.name}" is not valid: ${what}. This is a bug in whatever built or transformed it.`,
    );
  };
  const defined = new Set<ValueId>();
  const avalOf = (id: ValueId): Aval => program.avals[id] ?? fail(`value %${id} has no shape`);
  const define = (id: ValueId, what: string): void => {
    avalOf(id);
    if (defined.has(id)) fail(`%${id} is defined twice, the second time by ${what}`);
    defined.add(id);
  };
  const use = (id: ValueId, what: string): void => {
    if (!defined.has(id)) fail(`${what} uses %${id} before it is defined`);
  };

  for (const [name, id] of Object.entries(program.feeds)) define(id, `feed ${name}`);
  for (const [name, id] of Object.entries(program.hyper)) {
    define(id, `hyper ${name}`);
    if (avalOf(id).shape.length > 0) fail(`hyper ${name} is not a scalar`);
  }
  for (const [name, { id, distribution, p }] of Object.entries(program.noise)) {
    define(id, `noise ${name}`);
    if (distribution === 'bernoulli' && (p === undefined || !(p >= 0 && p <= 1)))
      fail(`noise ${name} needs a probability, got ${String(p)}`);
  }
  for (const [name, id] of Object.entries(program.reads)) define(id, `read ${name}`);
  for (const [id, { dtype, shape, data }] of program.consts) {
    define(id, 'const');
    const aval = avalOf(id);
    if (
      (aval.dtype !== dtype && !(aval.dtype === 'float32' && dtype === 'float64')) ||
      !sameShape(aval.shape, shape) ||
      data.length !== sizeOf(shape)
    )
      fail(`const %${id} does not match its shape`);
  }
  for (const { prim, attrs, inputs, outputs } of program.nodes) {
    for (const id of inputs) use(id, prim);
    const primitive = Object.hasOwn(primitives, prim) ? (primitives[prim] as Primitive<object>) : null;
    if (primitive === null) return fail(`there is no primitive "${prim}"`);
    let inferred: readonly Aval[];
    try {
      inferred = primitive.infer(inputs.map(avalOf), attrs);
    } catch (error) {
      if (error instanceof DeliraError) fail(error.message);
      throw error;
    }
    if (inferred.length !== outputs.length) fail(`${prim} has ${outputs.length} outputs, expected ${inferred.length}`);
    outputs.forEach((id, index) => {
      define(id, prim);
      const [expected, actual] = [inferred[index]!, avalOf(id)];
      if (expected.dtype !== actual.dtype || !sameShape(expected.shape, actual.shape)) {
        fail(
          `${prim} gives ${expected.dtype}${formatShape(expected.shape)}, recorded as ${actual.dtype}${formatShape(actual.shape)}`,
        );
      }
    });
  }
  for (const [name, id] of Object.entries(program.writes)) {
    use(id, `write ${name}`);
    const read = program.reads[name];
    if (read === undefined) fail(`state ${name} is written but never read`);
    const [before, after] = [avalOf(read!), avalOf(id)];
    if (before.dtype !== after.dtype || !sameShape(before.shape, after.shape))
      fail(
        `state ${name} changes from ${before.dtype}${formatShape(before.shape)} to ${after.dtype}${formatShape(after.shape)}`,
      );
  }
  for (const [name, id] of Object.entries(program.outputs)) use(id, `output ${name}`);
}
