import * as node from '@delira/backend-onnx-inference';
import * as web from '@delira/backend-onnx-inference/web';
import type { NDArray } from '@delira/core';
import { loadNifti } from '@delira/io';
import { boxOf } from '@delira/brain-atlas';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Site } from './buildSite.js';
import { predictSlice, type SlicePrediction } from './page/predictSlice.js';
import { sliceOfNifti } from './page/sliceOfNifti.js';

/** The same slice, read by `@delira/io`: `[1, z, y]`. */
async function sliceOf({ image, config: { x, z } }: Site): Promise<NDArray> {
  const { array } = await loadNifti(image);
  const slice = boxOf(array, [z, [0, array.shape[1]!], [x, x + 1]]);
  return { ...slice, shape: [1, slice.shape[0]!, slice.shape[1]!] };
}

/** What the page must say: onnxruntime-node, with the image as `@delira/io` reads it. */
export async function predictInNode(site: Site): Promise<SlicePrediction> {
  const model = await node.loadModel(join(site.folder, site.config.model));
  const prediction = await predictSlice(model, await sliceOf(site));
  await model.dispose();
  return prediction;
}

/** What the page does, without a browser: onnxruntime-web, with the image as nifti-reader-js reads it. */
export async function predictAsPage({ folder, config }: Site): Promise<SlicePrediction> {
  const [model, description, file] = await Promise.all([
    readFile(join(folder, config.model)),
    readFile(join(folder, config.model.replace(/\.onnx$/, '.json')), 'utf8'),
    readFile(join(folder, config.image)),
  ]);
  const loaded = await web.loadModel({ model, description });
  const bytes = new Uint8Array(file).buffer;
  const prediction = await predictSlice(loaded, sliceOfNifti(bytes, config));
  await loaded.dispose();
  return prediction;
}
