import { type PrimitiveName, primitives, type SupportTable } from '@delira/core';

/** How a backend comes to compute a primitive. */
export type Support = 'native' | 'decomposed' | 'unsupported';

export interface CoverageEntry {
  readonly support: Support;
  /** Why not, where unsupported. */
  readonly reason?: string;
}

export interface BackendCoverage {
  readonly backend: string;
  readonly entries: Readonly<Record<PrimitiveName, CoverageEntry>>;
}

/** What a lowering table says of every primitive. */
export function coverageOf(backend: string, table: SupportTable): BackendCoverage {
  const entries = Object.fromEntries(
    (Object.keys(primitives) as PrimitiveName[]).map((prim): [string, CoverageEntry] => {
      const lowering = table[prim];
      if (typeof lowering === 'function') return [prim, { support: 'native' }];
      if (lowering !== 'decompose') return [prim, { support: 'unsupported', reason: lowering.unsupported }];
      return primitives[prim].decompose === undefined
        ? [prim, { support: 'unsupported', reason: 'no lowering and no decomposition' }]
        : [prim, { support: 'decomposed' }];
    }),
  );
  return { backend, entries: entries as Record<PrimitiveName, CoverageEntry> };
}

/** The support table of the documentation: primitive × backend, as Markdown. */
export function formatCoverage(backends: readonly BackendCoverage[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const names = (Object.keys(primitives) as PrimitiveName[]).sort();
  return [
    row(['primitive', ...backends.map(({ backend }) => backend)]),
    row(['---', ...backends.map(() => '---')]),
    ...names.map((prim) =>
      row([
        `\`${prim}\``,
        ...backends.map(({ entries }) => {
          const { support, reason } = entries[prim];
          return reason === undefined ? support : `${support}: ${reason}`;
        }),
      ]),
    ),
  ].join('\n');
}
