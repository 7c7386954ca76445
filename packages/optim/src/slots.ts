import type { DType, OptimizerParam, Slot, Tensor } from '@delira/core';

/** Key of a state entry that belongs to one parameter. */
export function slotKey(slot: string, parameter: string): string {
  return `${slot}.${parameter}`;
}

/** A zero-filled state entry of each parameter's shape and dtype. */
export function slotsLike(slot: string, params: readonly OptimizerParam[]): Record<string, Slot> {
  return Object.fromEntries(
    params.map(({ name, shape, dtype }) => [slotKey(slot, name), { shape, dtype, fill: 0 }] as const),
  );
}

/** A scalar state entry that starts at zero, in the parameters' dtype. */
export function scalarSlot(params: readonly OptimizerParam[]): Slot {
  return { shape: [], dtype: dtypeOf(params), fill: 0 };
}

/** The dtype scalars beside these tensors are computed in. */
export function dtypeOf(tensors: readonly { readonly dtype: DType }[]): DType {
  return tensors[0]?.dtype ?? 'float32';
}

/** The current value of a parameter's state entry. */
export function readSlot(state: Readonly<Record<string, Tensor>>, slot: string, parameter: string): Tensor {
  return state[slotKey(slot, parameter)]!;
}
