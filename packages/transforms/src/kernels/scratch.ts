let kept = new Float64Array(0);

/**
 * Memory for what is forgotten before the caller returns: its contents are whatever they are. Kept for the next caller, because new memory is
 * zeroed and mapped page by page, which takes as long as filling it.
 */
export function scratchFloat64(length: number): Float64Array {
  if (kept.length < length) kept = new Float64Array(length);
  return kept.subarray(0, length);
}
