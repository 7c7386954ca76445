import { lowerings } from '@delira/backend-reference';
import { primitives } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { coverageOf, formatCoverage } from '../src/index.js';

describe('coverage', () => {
  const partial = {
    ...lowerings,
    batchNorm: 'decompose',
    conv: { unsupported: '3D only on the CPU' },
    exp: 'decompose',
  } as const;

  it('tells native, decomposed and unsupported primitives apart', () => {
    const { entries } = coverageOf('partial', partial);
    expect(Object.keys(entries).sort()).toEqual(Object.keys(primitives).sort());
    expect(entries.add).toEqual({ support: 'native' });
    expect(entries.batchNorm).toEqual({ support: 'decomposed' });
    expect(entries.conv).toEqual({ support: 'unsupported', reason: '3D only on the CPU' });
    expect(entries.exp).toEqual({ support: 'unsupported', reason: 'no lowering and no decomposition' });
  });

  it('is a table', () => {
    const lines = formatCoverage([coverageOf('reference', lowerings), coverageOf('partial', partial)]).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '| primitive | reference | partial |',
      '| --- | --- | --- |',
      '| `abs` | native | native |',
    ]);
    expect(lines).toContain('| `conv` | native | unsupported: 3D only on the CPU |');
    expect(lines).toHaveLength(2 + Object.keys(primitives).length);
  });
});
