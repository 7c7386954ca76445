/** An element passes when |actual − expected| ≤ absolute + relative · |expected|. */
export interface Tolerance {
  /** Default 1e-6. */
  readonly rtol?: number;
  /** Default 1e-8. */
  readonly atol?: number;
  /**
   * What the relative part refers to: each expected element (the default), or the largest one of the array, which is right for sums
   * whose terms cancel.
   */
  readonly relativeTo?: 'element' | 'array';
}
