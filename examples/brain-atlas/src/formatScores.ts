import type { OverlapScores } from '@delira/metrics';

/** A line for each class with its Dice, the background last in importance and left out. */
export function formatScores({ classes, dice }: OverlapScores): string {
  const width = Math.max(...classes.map((name) => name.length));
  return classes
    .flatMap((name, label) => (label === 0 ? [] : [`${name.padEnd(width)}  ${dice[label]!.toFixed(3)}`]))
    .join('\n');
}
