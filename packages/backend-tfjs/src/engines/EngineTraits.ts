/** In what the engines differ, as far as lowerings care. */
export interface EngineTraits {
  /**
   * Only what XNNPACK computes is fast: arithmetic, clipping, convolutions, averages. Comparisons and sums over leading axes take several
   * times as long.
   */
  readonly xnnpack: boolean;
  /** The gradient of 2D pooling goes to the first maximum of each window. */
  readonly poolGradient: boolean;
  /** Windows take padding other than "same" and "valid". */
  readonly explicitPadding: boolean;
  /** NaN can be told from numbers: shaders need not keep it (WebGPU Shading Language, section 15.7). */
  readonly knowsNan: boolean;
  /** `Cast` to float32 makes floats. Where it does not, `Transpose` cannot take truth values either. */
  readonly castConverts: boolean;
  /** `Maximum` gives its first operand where the second is NaN. Found out when the engine starts. */
  readonly maximumDropsNan: boolean;
  /** `ClipByValue` gives its lower bound for NaN. Found out when the engine starts: it depends on the processor. */
  readonly clipDropsNan: boolean;
}
