import type { SpatialRank } from './SpatialLayers.js';

export type NormKind = 'none' | 'batch' | 'instance' | 'group';
export type UpMode = 'transpose' | 'upsample';
export type MergeMode = 'concat' | 'add';

/** What the blocks of one U-Net share. */
export interface BlockOptions {
  readonly spatialRank: SpatialRank;
  readonly norm: NormKind;
  readonly normGroups: number;
  readonly bias: boolean;
}
