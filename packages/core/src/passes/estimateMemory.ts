import { bytesPerElement, sizeOf } from '../ndarray/index.js';
import type { Aval, Node, PrimitiveName, Program, ValueId } from '../ir/index.js';

/** Bytes that a Program needs. */
export interface MemoryEstimate {
  /** Parameters and buffers that are read. */
  readonly parameters: number;
  /** State of the optimizers. */
  readonly optimizer: number;
  /** Next values of what is written and small: they stand beside the old ones until the step is done. Large ones are written over them. */
  readonly next: number;
  /** Batch entries, noise and runtime scalars. */
  readonly batch: number;
  /** Constants, the largest number of intermediate values (activations and gradients) that live at one time, and outputs. */
  readonly activations: number;
  /** Where that largest number is reached. */
  readonly peak: { readonly prim: PrimitiveName; readonly scope: string } | null;
  /** What an engine takes besides for its graph, copies in other layouts, padded operands and gaps: measured. */
  readonly workspace: number;
  /** Without `workspace`: it cannot run in less. */
  readonly least: number;
  /** The peak to expect, on top of what the process has before. */
  readonly total: number;
  /** One line for a log. */
  readonly formatted: string;
}

/** They may write over an operand that nobody needs any more. */
const IN_PLACE: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>([
  ...(['neg', 'exp', 'log', 'sqrt', 'abs', 'tanh', 'sigmoid', 'erf', 'floor', 'relu', 'positive', 'cast'] as const),
  ...(['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'pow', 'select'] as const),
]);

/**
 * With onnxruntime-node 1.30 on a CPU: 20 training steps of ResNet18, VGG3D, DCGAN and U-Nets in 2D and 3D, with and without norms, in both flavours, took 0.3 to 4
 * times the activations beside them and the state, the more of them, the less.
 */
const WORKSPACE = 60 * 2 ** 20;
const WORKSPACE_PER_ACTIVATION = 0.8;

/** Values from which on the ONNX engine writes a variable over itself, where a run is one step. */
const WRITTEN_OVER = 2 ** 19;

const bytesOf = ({ shape, dtype }: Aval): number => sizeOf(shape) * bytesPerElement(dtype);

/**
 * What a Program needs in memory, from the sizes and lifetimes of its values in their order, as a pure function: nothing is compiled.
 * Reshapes cost nothing, elementwise operations reuse an operand that ends with them, and small state that is written is there twice. On the
 * ONNX engine, `total` and the memory of the process before together were 0.61 to 1.21 of the measured peak.
 */
export function estimateMemory(program: Program): MemoryEstimate {
  const sum = (ids: Iterable<ValueId>): number => {
    let bytes = 0;
    for (const id of ids) bytes += bytesOf(program.avals[id]!);
    return bytes;
  };
  const reads = Object.entries(program.reads);
  const isOptimizer = ([name]: readonly [string, ValueId]): boolean => name.startsWith('optimizer.');
  const idOf = ([, id]: readonly [string, ValueId]): ValueId => id;
  const parameters = sum(reads.filter((entry) => !isOptimizer(entry)).map(idOf));
  const optimizer = sum(reads.filter(isOptimizer).map(idOf));
  const next = sum(Object.values(program.writes).filter((id) => sizeOf(program.avals[id]!.shape) < WRITTEN_OVER));
  const noise = Object.values(program.noise).map(({ id }) => id);
  const batch = sum([...Object.values(program.feeds), ...Object.values(program.hyper), ...noise]);
  const { bytes, node } = peakOfIntermediates(program);
  const activations = bytes + sum(program.consts.keys());
  const least = parameters + optimizer + next + batch + activations;
  const workspace = WORKSPACE + Math.round(WORKSPACE_PER_ACTIVATION * activations);
  const estimate = {
    parameters,
    optimizer,
    next,
    batch,
    activations,
    peak: node === null ? null : { prim: node.prim, scope: node.scope },
    workspace,
    least,
    total: least + workspace,
  };
  return { ...estimate, formatted: format(estimate) };
}

function peakOfIntermediates(program: Program): { readonly bytes: number; readonly node: Node | null } {
  const { avals, nodes } = program;
  // Reshaped values share the storage of what they were reshaped from.
  const storage = new Map<ValueId, ValueId>();
  const storageOf = (id: ValueId): ValueId => storage.get(id) ?? id;
  const lastUse = new Map<ValueId, number>();
  nodes.forEach(({ prim, inputs, outputs }, index) => {
    if (prim === 'reshape') storage.set(outputs[0]!, storageOf(inputs[0]!));
    for (const id of inputs) lastUse.set(storageOf(id), index);
  });
  for (const id of Object.values(program.outputs)) lastUse.set(storageOf(id), nodes.length);
  // The next values of state have buffers of their own, which are counted elsewhere.
  const written = new Set(Object.values(program.writes).map(storageOf));

  const held = new Map<ValueId, number>();
  let live = 0;
  let peak: { readonly bytes: number; readonly node: Node | null } = { bytes: 0, node: null };
  nodes.forEach((node, index) => {
    if (node.prim === 'reshape') return;
    const ending = [...new Set(node.inputs.map(storageOf))].filter((id) => held.has(id) && lastUse.get(id) === index);
    const release = (id: ValueId): void => {
      live -= held.get(id)!;
      held.delete(id);
    };
    const results = node.outputs.filter((id) => !written.has(id));
    const reused = ending.find((id) => IN_PLACE.has(node.prim) && held.get(id) === bytesOf(avals[results[0] ?? id]!));
    if (reused !== undefined) release(reused);
    for (const id of results) {
      held.set(id, bytesOf(avals[id]!));
      live += held.get(id)!;
    }
    if (live > peak.bytes) peak = { bytes: live, node };
    for (const id of ending) if (held.has(id)) release(id);
    for (const id of results) if (!lastUse.has(id)) release(id);
  });
  return peak;
}

function formatBytes(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  if (mebibytes >= 10 * 1024) return `${(mebibytes / 1024).toFixed(0)} GiB`;
  return `${mebibytes.toFixed(mebibytes < 10 ? 1 : 0)} MiB`;
}

function format(estimate: Omit<MemoryEstimate, 'formatted'>): string {
  const { peak, total } = estimate;
  const where = peak === null ? '' : `, most at ${peak.prim}${peak.scope === '' ? '' : ` of ${peak.scope}`}`;
  const named = [
    [estimate.parameters, 'parameters'],
    [estimate.optimizer, 'optimizer state'],
    [estimate.next, 'their next values'],
    [estimate.batch, 'batch'],
    [estimate.activations, `activations and gradients${where}`],
    [estimate.workspace, 'workspace of the engine'],
  ] as const;
  const parts = named.filter(([bytes]) => bytes > 0).map(([bytes, name]) => `${formatBytes(bytes)} ${name}`);
  return `${formatBytes(total)}${parts.length === 0 ? '' : `: ${parts.join(' + ')}`}`;
}
