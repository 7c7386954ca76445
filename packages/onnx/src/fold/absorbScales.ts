import { allocate, type Aval, type DType, type Node, type Program, sizeOf, type ValueId } from '@delira/core';
import { elementwise, type HostValue, hostValue } from './HostValue.js';
import { perChannel } from './perChannel.js';

/** y = x · scale + shift, per channel. */
interface Affine {
  readonly scale: HostValue | null;
  readonly shift: HostValue | null;
}

/** The axis of a kernel that holds the output's channels, or null where each is spread over several groups. */
function channelAxis({ prim, attrs }: Node): number | null {
  if (prim === 'conv') return 0;
  return prim === 'convTranspose' && (attrs as { readonly groups: number }).groups === 1 ? 1 : null;
}

/** The affine function followed by one more node, or null if that is none. */
function followedBy({ scale, shift }: Affine, prim: Node['prim'], operand: HostValue, first: boolean): Affine | null {
  const both = (a: HostValue, apply: (a: number, b: number) => number): HostValue =>
    elementwise([a, operand], operand.shape, apply);
  const minus = elementwise([operand], operand.shape, (a) => -a);
  const inverse = elementwise([operand], operand.shape, (a) => 1 / a);
  switch (prim) {
    case 'add':
      return { scale, shift: shift === null ? operand : both(shift, (a, b) => a + b) };
    case 'sub':
      return first ? { scale, shift: shift === null ? minus : both(shift, (a, b) => a - b) } : null;
    case 'mul':
      return {
        scale: scale === null ? operand : both(scale, (a, b) => a * b),
        shift: shift === null ? null : both(shift, (a, b) => a * b),
      };
    case 'div':
      if (!first) return null;
      return {
        scale: scale === null ? inverse : both(scale, (a, b) => a / b),
        shift: shift === null ? null : both(shift, (a, b) => a / b),
      };
    default:
      return null;
  }
}

/** A kernel times a factor for each position on an axis, in the kernel's own dtype: it may be most of a network. */
function scaleAlong(axis: number, kernel: HostValue, scale: HostValue, dtype: DType): ArrayLike<number> {
  const [values, factors] = [kernel.data(), scale.data()];
  const count = kernel.shape[axis]!;
  const width = sizeOf(kernel.shape.slice(axis + 1));
  const scaled = allocate(dtype, values.length);
  for (let start = 0; start < scaled.length; start += width) {
    const factor = factors[(start / width) % count]!;
    for (let index = start; index < start + width; index++) scaled[index] = values[index]! * factor;
  }
  return scaled;
}

/**
 * Multiplies each convolution's kernel by the factors per channel that follow it, and adds up what is added: conv → mul → add becomes conv →
 * add. Adds the new kernels and biases to `known`.
 */
export function absorbScales(program: Program, known: Map<ValueId, HostValue>): Program {
  const avals = [...program.avals];
  const users = new Map<ValueId, Node[]>();
  for (const node of program.nodes)
    for (const id of new Set(node.inputs)) users.set(id, [...(users.get(id) ?? []), node]);
  const results = new Set(Object.values(program.outputs));
  const define = (aval: Aval, value: HostValue | null = null): ValueId => {
    const id = avals.push(aval) - 1;
    if (value !== null) known.set(id, value);
    return id;
  };

  const replacements = new Map<Node, readonly Node[]>();
  for (const node of program.nodes) {
    const axis = channelAxis(node);
    const kernel = known.get(node.inputs[1]!);
    if (axis === null || kernel === undefined || known.has(node.inputs[0]!)) continue;
    const absorbed: Node[] = [];
    let affine: Affine = { scale: null, shift: null };
    let last = node.outputs[0]!;
    for (;;) {
      const [next, ...others] = users.get(last) ?? [];
      if (next === undefined || others.length > 0 || results.has(last)) break;
      const isFirst = next.inputs[0] === last;
      const operand = perChannel(known.get(next.inputs[isFirst ? 1 : 0] ?? -1), avals[last]!);
      const after = operand === null ? null : followedBy(affine, next.prim, operand, isFirst);
      if (after === null) break;
      affine = after;
      absorbed.push(next);
      last = next.outputs[0]!;
    }
    const { scale, shift } = affine;
    if (scale === null) continue;
    const kernelAval = avals[node.inputs[1]!]!;
    const outputAval = avals[node.outputs[0]!]!;
    const sources = [...kernel.sources, ...scale.sources];
    const scaled = hostValue(kernel.shape, sources, () => scaleAlong(axis, kernel, scale, kernelAval.dtype));
    const inputs = [node.inputs[0]!, define(kernelAval, scaled)];
    for (const gone of absorbed) replacements.set(gone, []);
    if (shift === null) {
      replacements.set(node, [{ ...node, inputs, outputs: [last] }]);
      continue;
    }
    const shape = [1, outputAval.shape[1]!, ...outputAval.shape.slice(2).map(() => 1)];
    const bias = define({ shape, dtype: outputAval.dtype }, { ...shift, shape });
    const plain = define(outputAval);
    const { scope } = node;
    replacements.set(node, [
      { ...node, inputs, outputs: [plain] },
      { prim: 'add', attrs: {}, inputs: [plain, bias], outputs: [last], scope },
    ]);
  }
  return { ...program, avals, nodes: program.nodes.flatMap((node) => replacements.get(node) ?? [node]) };
}
