import type { Volume } from './Volume.js';

/** The target with all entries of the source's metadata added to its own; equal names are replaced (delira's `sitk_copy_metadata`). */
export function copyMetadata(source: Volume, target: Volume): Volume {
  return { ...target, metadata: { ...target.metadata, ...source.metadata } };
}
