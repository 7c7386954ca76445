/**
 * Which entries of a sample a transform changes, by kind.
 *
 * An **image** is `[C, ...spatial]` with two or three spatial axes; what lies between its voxels is interpolated, and intensities change.
 * A **mask** is `[...spatial]` or `[C, ...spatial]`; it moves with the image, and its values are never mixed.
 */
export interface EntryOptions {
  /** Keys of images. Default: every floating entry with three or four axes. Integer images, such as pictures of 8 bits, must be named. */
  readonly image?: readonly string[];
  /** Keys of masks. Default: every integer or boolean entry with two to four axes that is not named an image. */
  readonly mask?: readonly string[];
}

/** The part of `EntryOptions` that transforms of intensities take. */
export type ImageOptions = Pick<EntryOptions, 'image'>;
