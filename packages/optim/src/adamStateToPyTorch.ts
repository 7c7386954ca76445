import { ArgumentError, type NDArray, scalar } from '@delira/core';

export interface AdamBetas {
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
}

const slots = { expAvg: 'exp_avg', expAvgSq: 'exp_avg_sq' } as const;
type Slot = keyof typeof slots;

function scaled({ dtype, shape, data }: NDArray, factor: number): NDArray {
  if (dtype !== 'float32' && dtype !== 'float64')
    throw new ArgumentError(`The state of Adam must be float32 or float64, got ${dtype}.`);
  return { dtype, shape, data: (data as Float32Array | Float64Array).map((value) => value * factor) };
}

function split(key: string): readonly [slot: string, parameter: string] {
  const dot = key.indexOf('.');
  return dot === -1 ? [key, ''] : [key.slice(0, dot), key.slice(dot + 1)];
}

/**
 * State of `adam` or `adamW` in PyTorch's form: `expAvg.<parameter>` becomes `exp_avg.<parameter>`, `expAvgSq.<parameter>` becomes
 * `exp_avg_sq.<parameter>`, both multiplied by (1 − β); `step` is the number of updates, which the state does not hold itself.
 * Entries of other transforms are left out.
 *
 * @param state keys without the prefix `optimizer.<group>.`.
 * @throws ArgumentError for an entry that is not floating.
 */
export function adamStateToPyTorch(
  state: ReadonlyMap<string, NDArray>,
  step: number,
  { beta1 = 0.9, beta2 = 0.999 }: AdamBetas = {},
): ReadonlyMap<string, NDArray> {
  const factors: Record<Slot, number> = { expAvg: 1 - beta1, expAvgSq: 1 - beta2 };
  const converted = new Map<string, NDArray>();
  for (const [key, value] of state) {
    const [slot, parameter] = split(key);
    if (parameter === '' || !(slot in slots)) continue;
    converted.set(`${slots[slot as Slot]}.${parameter}`, scaled(value, factors[slot as Slot]));
  }
  converted.set('step', scalar(step));
  return converted;
}

/**
 * The inverse of `adamStateToPyTorch`: state for `adam` or `adamW` from `exp_avg.<parameter>`, `exp_avg_sq.<parameter>` and `step`.
 *
 * @throws ArgumentError when `step` is missing or an entry is not floating.
 */
export function adamStateFromPyTorch(
  state: ReadonlyMap<string, NDArray>,
  { beta1 = 0.9, beta2 = 0.999 }: AdamBetas = {},
): ReadonlyMap<string, NDArray> {
  const step = state.get('step')?.data[0];
  if (step === undefined)
    throw new ArgumentError('The state of PyTorch\'s Adam has no entry "step": the number of updates made so far.');
  const betas: Record<Slot, number> = { expAvg: beta1, expAvgSq: beta2 };
  const converted = new Map<string, NDArray>();
  let dtype: 'float32' | 'float64' = 'float32';
  for (const [key, value] of state) {
    const [name, parameter] = split(key);
    const slot = (Object.keys(slots) as Slot[]).find((candidate) => slots[candidate] === name);
    if (slot === undefined) continue;
    if (value.dtype === 'float64') dtype = 'float64';
    converted.set(`${slot}.${parameter}`, scaled(value, 1 / (1 - betas[slot])));
  }
  for (const slot of ['expAvg', 'expAvgSq'] as const) {
    const beta = betas[slot];
    converted.set(`${slot}Weight`, scalar((1 - beta ** step) / (1 - beta), dtype));
  }
  return converted;
}
