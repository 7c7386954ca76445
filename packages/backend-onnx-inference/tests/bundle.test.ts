import { build, type Metafile } from 'esbuild';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ENGINE = /^onnxruntime-web(\/|$)/;

/** What a bundler makes of a program for browsers, from the sources of our packages. */
async function bundle(program: string): Promise<{ readonly metafile: Metafile; readonly text: string }> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('..', import.meta.url)), loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@delira/source'],
    external: ['onnxruntime-web', 'onnxruntime-web/*'],
    logLevel: 'silent',
  });
  return { metafile, text: outputFiles[0]!.text };
}

const externals = ({ inputs }: Metafile): readonly string[] => [
  ...new Set(
    Object.values(inputs).flatMap(({ imports }) => imports.flatMap(({ external, path }) => (external ? [path] : []))),
  ),
];

describe('a bundle for browsers', () => {
  it.each([
    ['@delira/core', 'trace', 50],
    ['@delira/nn', 'Conv2d', 10],
    ['@delira/onnx', 'exportNetwork', 100],
    ['@delira/models-segmentation', 'UNet2d', 35],
    ['@delira/backend-onnx-inference/web', 'loadModel', 25],
  ])('of %s has no module of Node', async (name, use, kilobytes) => {
    const { metafile, text } = await bundle(`import { ${use} } from '${name}'; globalThis.use = ${use};`);
    const names = externals(metafile);
    expect(names.filter((path) => !ENGINE.test(path))).toEqual([]);
    expect(names.filter((path) => builtinModules.includes(path.replace(/^node:/, '')))).toEqual([]);
    expect(text.length / 1024).toBeLessThan(kilobytes);
    expect(text).not.toMatch(/\bprocess\.|\bBuffer\./);
  });
});
