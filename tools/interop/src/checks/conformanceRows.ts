import { type CheckRow, holds } from '../Check.js';
import type { ConformanceCounts } from '../runConformance.js';

const SHOWN = 12;

/** One row that counts, and one per failed case, the first dozen of them. */
export function conformanceRows(label: string, result: ConformanceCounts): readonly CheckRow[] {
  const { passed, expected, failed } = result;
  const total = passed + failed.length;
  return [
    holds(
      `${label}: conformance`,
      failed.length === 0,
      `${total} cases pass`,
      `${passed} of ${total} (${expected} as expected failures)`,
    ),
    ...failed.slice(0, SHOWN).map(({ id, message }) => holds(id, false, 'passes', message.slice(0, 300))),
  ];
}
