import type { ConvGeometry } from './convGeometry.js';

/** A row of a patch: `count` window elements that lie inside the input, `step` apart there and adjacent in the patch. */
type PatchRow = (input: number, patch: number, count: number, step: number) => void;

/** First and one-past-last window element whose position `start + element · dilation` lies inside 0…extent-1. */
function inside(start: number, dilation: number, extent: number, window: number): readonly [number, number] {
  const first = start >= 0 ? 0 : Math.ceil(-start / dilation);
  const end = Math.min(window, Math.floor((extent - 1 - start) / dilation) + 1);
  return [first, end];
}

/** Visits what one sample's windows see, channel by channel of one group; windows are numbered from `firstPatch`. */
function walkPatches(geometry: ConvGeometry, channelOffset: number, firstPatch: number, row: PatchRow): void {
  const { channels, input, output, kernel, strides, dilation, low, inputSize, patch } = geometry;
  const [depth, height, width] = input;
  const [kernelDepth, kernelHeight, kernelWidth] = kernel;
  const window = kernelDepth * kernelHeight * kernelWidth;
  let target = firstPatch * patch;
  for (let od = 0; od < output[0]; od++) {
    const d0 = od * strides[0] - low[0];
    const [dFirst, dEnd] = inside(d0, dilation[0], depth, kernelDepth);
    for (let oh = 0; oh < output[1]; oh++) {
      const h0 = oh * strides[1] - low[1];
      const [hFirst, hEnd] = inside(h0, dilation[1], height, kernelHeight);
      for (let ow = 0; ow < output[2]; ow++, target += patch) {
        const w0 = ow * strides[2] - low[2];
        const [wFirst, wEnd] = inside(w0, dilation[2], width, kernelWidth);
        const count = wEnd - wFirst;
        if (count <= 0) continue;
        for (let channel = 0; channel < channels; channel++) {
          for (let kd = dFirst; kd < dEnd; kd++) {
            const plane = channelOffset + channel * inputSize + (d0 + kd * dilation[0]) * height * width;
            for (let kh = hFirst; kh < hEnd; kh++) {
              const line = plane + (h0 + kh * dilation[1]) * width;
              const element = (kd * kernelHeight + kh) * kernelWidth + wFirst;
              row(line + w0 + wFirst * dilation[2], target + channel * window + element, count, dilation[2]);
            }
          }
        }
      }
    }
  }
}

const channelOffset = ({ channels, groups, inputSize }: ConvGeometry, sample: number, group: number): number =>
  (sample * groups + group) * channels * inputSize;

/** The windows of samples `first…end-1` as rows [windows, patch]; elements in the padding are zero. */
export function gatherPatches(
  x: Float64Array,
  geometry: ConvGeometry,
  group: number,
  first: number,
  end: number,
): Float64Array {
  const patches = new Float64Array((end - first) * geometry.positions * geometry.patch);
  for (let sample = first; sample < end; sample++) {
    walkPatches(
      geometry,
      channelOffset(geometry, sample, group),
      (sample - first) * geometry.positions,
      (from, to, count, step) => {
        for (let i = 0; i < count; i++) patches[to + i] = x[from + i * step]!;
      },
    );
  }
  return patches;
}

/** The transpose of `gatherPatches`: adds every row's elements to the input they came from. */
export function scatterPatches(
  patches: Float64Array,
  x: Float64Array,
  geometry: ConvGeometry,
  group: number,
  first: number,
  end: number,
): void {
  for (let sample = first; sample < end; sample++) {
    walkPatches(
      geometry,
      channelOffset(geometry, sample, group),
      (sample - first) * geometry.positions,
      (to, from, count, step) => {
        for (let i = 0; i < count; i++) x[to + i * step]! += patches[from + i]!;
      },
    );
  }
}
