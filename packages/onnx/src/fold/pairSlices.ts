import { type ConvAttrs, type Node, type Primitives, type Program, sizeOf, type ValueId } from '@delira/core';
import { type HostValue, hostValue } from './HostValue.js';
import { perChannel } from './perChannel.js';
import { ProgramEditor } from './ProgramEditor.js';

/** Fewest channels on both sides: with fewer, moving slices takes the time that products save. */
const FEWEST_CHANNELS = 16;
/** Fewest voxels of a sample: with fewer, the kernels, which become a third larger, are read for too little. */
const FEWEST_VOXELS = 512;

/** The even and the odd slices of a volume, `[D / 2, N, C, H, W]` each. */
interface Pairs {
  readonly first: ValueId;
  readonly second: ValueId;
}

type Activation =
  | { readonly prim: 'relu'; readonly attrs: object }
  | { readonly prim: 'leakyRelu'; readonly attrs: Primitives['leakyRelu'] };

function suits(editor: ProgramEditor, { prim, inputs, outputs, attrs }: Node): boolean {
  if (prim !== 'conv') return false;
  const [x, kernel, y] = [...inputs, ...outputs].map((id) => editor.aval(id).shape);
  if (x!.length !== 5 || editor.aval(outputs[0]!).dtype !== 'float32') return false;
  const { strides, padding, dilation, groups } = attrs as ConvAttrs;
  return (
    groups === 1 &&
    kernel![2] === 3 &&
    strides[0] === 1 &&
    dilation[0] === 1 &&
    padding[0]!.every((amount) => amount === 1) &&
    x![2]! % 2 === 0 &&
    Math.min(kernel![0]!, kernel![1]!) >= FEWEST_CHANNELS &&
    sizeOf(y!.slice(2)) >= FEWEST_VOXELS
  );
}

/** The four kernels of maps that the taps along the depth are combined to. */
function combinedTaps(kernel: HostValue): Readonly<Record<'before' | 'sum' | 'difference' | 'after', HostValue>> {
  const [outputs, channels, taps, height, width] = kernel.shape as [number, number, number, number, number];
  const area = height * width;
  const combined = (before: number, own: number, after: number): HostValue =>
    hostValue([outputs, channels, height, width], kernel.sources, () => {
      const values = kernel.data();
      const result = new Float32Array(outputs * channels * area);
      for (let filter = 0; filter < outputs * channels; filter++) {
        const from = filter * taps * area;
        for (let index = 0; index < area; index++)
          result[filter * area + index] =
            before * values[from + index]! +
            own * values[from + area + index]! +
            after * values[from + 2 * area + index]!;
      }
      return result;
    });
  return {
    before: combined(1, 0, 0),
    sum: combined(0.5, 0.5, 0.5),
    difference: combined(0.5, -0.5, 0.5),
    after: combined(0, 0, -1),
  };
}

/** A bias and an activation that follow a convolution and nothing else does. */
function following(editor: ProgramEditor, conv: Node, known: ReadonlyMap<ValueId, HostValue>) {
  const gone: Node[] = [];
  let bias: HostValue | null = null;
  let activation: Activation | null = null;
  let last = conv.outputs[0]!;
  for (;;) {
    const next = editor.onlyUser(last);
    if (next === null) break;
    if (next.prim === 'add' && bias === null) {
      const other = next.inputs[next.inputs[0] === last ? 1 : 0]!;
      bias = perChannel(known.get(other), editor.aval(last));
      if (bias === null) break;
    } else if (next.prim === 'relu' || next.prim === 'leakyRelu') {
      activation = next as Activation;
    } else break;
    gone.push(next);
    last = next.outputs[0]!;
    if (activation !== null) break;
  }
  return { gone, bias, activation, last };
}

/**
 * Convolutions of volumes, which engines run slower than those of maps, as four of maps for two slices instead of six: Winograd's F(2, 3) along
 * the depth (Lavin & Gray, 2016). With a the slice before a pair b, c and d the one after it, and taps w0, w1, w2:
 *
 *     y0 = (a − c) · w0 + (p + q)     p = (b + c) · (w0 + w1 + w2) / 2
 *     y1 = (d − b) · w2 + (p − q)     q = (c − b) · (w0 − w1 + w2) / 2
 *
 * Volumes stay in pairs from one such convolution to the next.
 */
export function pairSlices(program: Program, known: Map<ValueId, HostValue>): Program {
  const editor = new ProgramEditor(program, known);
  const pairs = new Map<ValueId, Pairs>();
  const aval = (id: ValueId) => editor.aval(id);

  const half = (x: ValueId, which: 0 | 1): ValueId => {
    const [depth, ...slice] = aval(x).shape as readonly [number, ...number[]];
    const split = editor.bind('reshape', [x], { shape: [depth / 2, 2, ...slice] });
    const start = aval(split).shape.map((_, axis) => (axis === 1 ? which : 0));
    const size = aval(split).shape.map((extent, axis) => (axis === 1 ? 1 : extent));
    const cut = editor.bind('slice', [split], { start, size });
    return editor.bind('reshape', [cut], { shape: [depth / 2, ...slice] });
  };
  const pairsOf = (x: ValueId): Pairs => {
    const made = pairs.get(x);
    if (made !== undefined) return made;
    const deep = editor.bind('transpose', [x], { perm: [2, 0, 1, 3, 4] });
    const pair = { first: half(deep, 0), second: half(deep, 1) };
    pairs.set(x, pair);
    return pair;
  };
  /** For each pair the value of the one before (−1) or after it (1); zeros beyond the ends. */
  const neighbour = (x: ValueId, by: -1 | 1): ValueId => {
    const { shape } = aval(x);
    const start = shape.map((_, axis) => (axis === 0 && by === 1 ? 1 : 0));
    const size = shape.map((extent, axis) => (axis === 0 ? extent - 1 : extent));
    const padding = shape.map(
      (_, axis) => (axis !== 0 ? [0, 0] : by === 1 ? [0, 1] : [1, 0]) as readonly [number, number],
    );
    return editor.bind('pad', [editor.bind('slice', [x], { start, size })], { padding });
  };
  /** Writes a volume as its pairs, and as a whole for whoever wants that. */
  const define = (output: ValueId, { first, second }: Pairs): void => {
    pairs.set(output, { first, second });
    const [count, ...slice] = aval(first).shape as readonly [number, ...number[]];
    const parts = [first, second].map((part) => editor.bind('reshape', [part], { shape: [count, 1, ...slice] }));
    const joined = editor.bind('concat', parts, { axis: 1 });
    const deep = editor.bind('reshape', [joined], { shape: [2 * count, ...slice] });
    editor.bind('transpose', [deep], { perm: [1, 2, 0, 3, 4] }, output);
  };

  const convolve = (node: Node, kernel: HostValue): readonly Node[] => {
    const { strides, padding, dilation } = node.attrs as ConvAttrs;
    const attrs = { strides: strides.slice(1), padding: padding.slice(1), dilation: dilation.slice(1), groups: 1 };
    const { bias, activation, gone, last } = following(editor, node, known);
    const { dtype } = aval(node.inputs[1]!);
    const taps = combinedTaps(kernel);
    const { first: b, second: c } = pairsOf(node.inputs[0]!);
    const [count, batch, ...slice] = aval(b).shape as readonly [number, number, ...number[]];
    const conv = (x: ValueId, filter: HostValue): ValueId => {
      const maps = editor.bind('reshape', [x], { shape: [count * batch, ...slice] });
      return editor.bind('conv', [maps, editor.constant(filter, dtype)], attrs);
    };
    const shift = bias === null ? null : editor.constant({ ...bias, shape: [1, bias.shape[0]!, 1, 1] }, dtype);
    const biased = (y: ValueId): ValueId => (shift === null ? y : editor.bind('add', [y, shift], {}));
    const p = conv(editor.bind('add', [b, c], {}), taps.sum);
    const q = conv(editor.bind('sub', [c, b], {}), taps.difference);
    const before = biased(conv(editor.bind('sub', [neighbour(c, -1), c], {}), taps.before));
    const after = biased(conv(editor.bind('sub', [b, neighbour(b, 1)], {}), taps.after));
    const finished = (y: ValueId): ValueId => {
      const { shape } = aval(y);
      const active = activation === null ? y : editor.bind(activation.prim, [y], activation.attrs as never);
      return editor.bind('reshape', [active], { shape: [count, batch, ...shape.slice(1)] });
    };
    define(last, {
      first: finished(editor.bind('add', [before, editor.bind('add', [p, q], {})], {})),
      second: finished(editor.bind('add', [after, editor.bind('sub', [p, q], {})], {})),
    });
    return gone;
  };

  const gone = new Set<Node>();
  for (const node of program.nodes) {
    if (gone.has(node)) continue;
    editor.scope = node.scope;
    const kernel = suits(editor, node) ? known.get(node.inputs[1]!) : undefined;
    if (kernel !== undefined) {
      for (const absorbed of convolve(node, kernel)) gone.add(absorbed);
      continue;
    }
    editor.keep(node);
    const isJoined = node.prim === 'concat' && (node.attrs as Primitives['concat']).axis === 1;
    if (isJoined && node.inputs.some((id) => pairs.has(id))) {
      const parts = node.inputs.map(pairsOf);
      pairs.set(node.outputs[0]!, {
        first: editor.bind(
          'concat',
          parts.map(({ first }) => first),
          { axis: 2 },
        ),
        second: editor.bind(
          'concat',
          parts.map(({ second }) => second),
          { axis: 2 },
        ),
      });
    }
  }
  return editor.finish();
}
