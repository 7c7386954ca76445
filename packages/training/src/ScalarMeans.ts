import type { Sample } from '@delira/core';

/** Sums behind weighted means, as plain JSON so that a checkpoint in the middle of an epoch can hold them. */
export type ScalarSums = Readonly<Record<string, { readonly sum: number; readonly weight: number }>>;

/** Adds one step's scalars, each counted `weight` times (the number of samples). */
export function addScalars(sums: ScalarSums, values: Readonly<Record<string, number>>, weight: number): ScalarSums {
  const next: Record<string, { readonly sum: number; readonly weight: number }> = { ...sums };
  for (const [name, value] of Object.entries(values)) {
    const known = next[name] ?? { sum: 0, weight: 0 };
    next[name] = { sum: known.sum + value * weight, weight: known.weight + weight };
  }
  return next;
}

export function meansOf(sums: ScalarSums): Record<string, number> {
  return Object.fromEntries(Object.entries(sums).map(([name, { sum, weight }]) => [name, sum / weight]));
}

/** The outputs that are single numbers. */
export function scalarsOf(output: Sample): Record<string, number> {
  return Object.fromEntries(
    Object.entries(output).flatMap(([name, { shape, data }]) => (shape.length === 0 ? [[name, data[0]!]] : [])),
  );
}
