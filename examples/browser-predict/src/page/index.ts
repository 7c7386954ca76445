import { loadModel } from '@delira/backend-onnx-inference/web';
import { drawSlice, type Picture } from './drawSlice.js';
import { predictSlice, type SlicePrediction } from './predictSlice.js';
import type { SiteConfig } from './SiteConfig.js';
import { sliceOfNifti } from './sliceOfNifti.js';

export interface Seen extends SlicePrediction {
  readonly config: SiteConfig;
  readonly classes: readonly string[];
  readonly image: Picture;
  readonly overlay: Picture;
  /** Of the prediction alone. */
  readonly milliseconds: number;
  readonly provider: string;
}

/** Everything the page does but to show it. @param base URL of the folder with `site.json`. */
export async function predictPage(base: string, provider: string): Promise<Seen> {
  const url = (name: string): string => new URL(name, base).href;
  const config = (await (await fetch(url('site.json'))).json()) as SiteConfig;
  const options = { providers: [provider], wasmPaths: base, warmUp: 1 };
  const [model, file] = await Promise.all([
    loadModel(url(config.model), options),
    fetch(url(config.image)).then((response) => response.arrayBuffer()),
  ]);
  const slice = sliceOfNifti(file, config);
  const start = performance.now();
  const prediction = await predictSlice(model, slice);
  const milliseconds = performance.now() - start;
  const { classes = [] } = model.description;
  await model.dispose();
  const [image, overlay] = [drawSlice(slice, null, config.colors), drawSlice(slice, prediction.labels, config.colors)];
  return { ...prediction, config, classes, image, overlay, milliseconds, provider };
}
