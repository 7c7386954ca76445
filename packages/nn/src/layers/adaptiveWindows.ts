/** Which inputs an output of adaptive pooling covers: `start` … `end` − 1. */
export interface AdaptiveWindow {
  readonly start: number;
  readonly end: number;
}

/** PyTorch's windows: output i of n covers inputs ⌊i · extent / n⌋ … ⌈(i + 1) · extent / n⌉ − 1. */
export function adaptiveWindows(extent: number, outputs: number): readonly AdaptiveWindow[] {
  return Array.from({ length: outputs }, (_, index) => ({
    start: Math.floor((index * extent) / outputs),
    end: Math.ceil(((index + 1) * extent) / outputs),
  }));
}
