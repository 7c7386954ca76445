import {
  type Aval,
  type ConvAttrs,
  type Node,
  type PoolAttrs,
  type PrimitiveName,
  type Program,
  sameShape,
  type ValueId,
} from '@delira/core';
import { convolutionKind } from './convolutionKind.js';
import { type BlockSize, fitsLayout, type Layout } from './Layout.js';
import { suitsTaps } from './smallMaps.js';
import { poolsInBlocks } from './maxPool.js';

/** Primitives that treat every element alike, whatever the order of the elements. */
const elementwise: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>([
  'abs',
  'add',
  'cast',
  'compare',
  'div',
  'erf',
  'exp',
  'floor',
  'leakyRelu',
  'leakyStep',
  'log',
  'maximum',
  'minimum',
  'mul',
  'neg',
  'positive',
  'pow',
  'relu',
  'select',
  'sigmoid',
  'sqrt',
  'stopGradient',
  'sub',
  'tanh',
]);

export function isElementwise(prim: PrimitiveName): boolean {
  return elementwise.has(prim);
}

/** Values that must share a layout, because elementwise primitives or a variable's step from old to new connect them. */
class LayoutClasses {
  readonly #parents: ValueId[];

  constructor(count: number) {
    this.#parents = Array.from({ length: count }, (_, id) => id);
  }

  root(id: ValueId): ValueId {
    let root = id;
    while (this.#parents[root] !== root) root = this.#parents[root]!;
    this.#parents[id] = root;
    return root;
  }

  join(a: ValueId, b: ValueId): void {
    this.#parents[this.root(a)] = this.root(b);
  }
}

export interface LayoutAssignment {
  /** Indexed by ValueId. */
  readonly layouts: readonly Layout[];
  /** Equal numbers: the values share a layout. */
  readonly classOf: (id: ValueId) => number;
}

type Vote = readonly [id: ValueId, layout: Layout];

/** Operands and results of a node that a blocked kernel of the engine would take or give. */
function votes(node: Node, avals: readonly Aval[], block: BlockSize): readonly Vote[] {
  const [first, second] = node.inputs as [ValueId, ValueId];
  const output = node.outputs[0]!;
  const convolution = (x: ValueId, kernel: ValueId, y: ValueId): readonly Vote[] => {
    if (suitsTaps(avals[x]!, avals[kernel]!, avals[y]!, node.attrs as ConvAttrs)) return [[kernel, 'taps']];
    const kind = convolutionKind(avals[x]!, avals[kernel]!, avals[y]!, node.attrs as ConvAttrs, block);
    return kind === null
      ? []
      : [
          [x, kind.input],
          [kernel, kind.kernel],
          [y, 'blocked'],
        ];
  };
  const blocked = (...ids: readonly ValueId[]): readonly Vote[] =>
    fitsLayout(avals[ids[0]!]!, 'blocked', block) ? ids.map((id) => [id, 'blocked'] as const) : [];
  switch (node.prim) {
    case 'conv':
      return convolution(first, second, output);
    case 'convTranspose':
      return convolution(output, second, first);
    case 'convKernelGrad':
      return convolution(first, output, second);
    case 'batchNorm':
      return blocked(first, output);
    case 'batchNormGrad':
      return blocked(first, node.inputs[4]!, output);
    case 'maxPool':
      return poolsInBlocks(avals[first]!, node.attrs as PoolAttrs, block) ? blocked(first, output) : [];
    case 'maxPoolGrad':
      return poolsInBlocks(avals[first]!, node.attrs as PoolAttrs, block)
        ? blocked(first, second, node.inputs[2]!, output)
        : [];
    default:
      return [];
  }
}

/**
 * One layout for each value: values connected by elementwise primitives share one, so that whole chains, and a kernel together with its
 * gradient and its optimizer's slots, run without a conversion. A kernel's layout wins over that of activations.
 */
export function assignLayouts(program: Program, block: BlockSize): LayoutAssignment {
  const { avals, nodes, reads, writes } = program;
  const classes = new LayoutClasses(avals.length);
  for (const { prim, inputs, outputs } of nodes) {
    if (!elementwise.has(prim)) continue;
    for (const id of inputs) if (sameShape(avals[id]!.shape, avals[outputs[0]!]!.shape)) classes.join(id, outputs[0]!);
  }
  for (const [name, id] of Object.entries(writes)) classes.join(id, reads[name]!);

  const chosen = new Map<ValueId, Layout>();
  const isKernel = (layout: Layout | undefined): boolean => layout !== undefined && layout !== 'blocked';
  for (const node of nodes) {
    for (const [id, layout] of votes(node, avals, block)) {
      const root = classes.root(id);
      if (layout !== 'plain' && !isKernel(chosen.get(root))) chosen.set(root, layout);
    }
  }
  return { layouts: avals.map((_, id) => chosen.get(classes.root(id)) ?? 'plain'), classOf: (id) => classes.root(id) };
}
