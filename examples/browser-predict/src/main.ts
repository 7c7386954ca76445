import { DeliraError } from '@delira/core';
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSite } from './buildSite.js';
import { checkSame } from './compare.js';
import { driveChromium, findChromium, providers } from './driveChromium.js';
import { networkOf, untrained } from './networkOf.js';
import { predictAsPage, predictInNode } from './predictInNode.js';
import { serveSite } from './serveSite.js';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const trained = resolve(folder, '../segmentation-2d/output');
/** Of a whole training, or of the short one that CI runs. */
const checkpoints = [join(trained, 'last.safetensors'), join(trained, 'smoke/last.safetensors')];

const help = `Predicts in a browser with an exported U-Net.

  npm run browser-predict -- [options]   builds the page and serves it on this machine until Ctrl-C
  npm run test:browser -- [options]      opens it in Chromium and compares what it predicts with Node

  --checkpoint FILE   what npm run segmentation-2d wrote; default: its last one, or else a network that has learnt nothing
  --output DIR        default ${relative(process.cwd(), join(folder, 'output'))}
  --port PORT         default: any that is free
  --provider NAME     what Chromium computes with: cpu, which is WebAssembly, or webgpu, on a GPU or in software (default cpu)
  --smoke             builds the page and predicts as it does, without a browser: for CI
`;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const shown = (path: string): string => relative(process.cwd(), path) || '.';

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      checkpoint: { type: 'string' },
      help: { type: 'boolean', default: false },
      output: { type: 'string', default: join(folder, 'output') },
      port: { type: 'string', default: '0' },
      provider: { type: 'string', default: 'cpu' },
      smoke: { type: 'boolean', default: false },
      test: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(help);
  const provider = providers.find((name) => name === values.provider);
  if (provider === undefined)
    throw new Error(`--provider is ${values.provider}; it takes one of ${providers.join(', ')}.`);
  const executable = values.test ? findChromium() : null;
  if (values.test && executable === null)
    return print('skipped: there is no Chromium. Install the package chromium, or name one with CHROMIUM=/path/to/it.');
  const checkpoint = values.smoke ? undefined : (values.checkpoint ?? checkpoints.find((path) => existsSync(path)));
  const weights = checkpoint === undefined ? untrained() : await networkOf(checkpoint);
  print(checkpoint === undefined ? 'network: one that has learnt nothing' : `network: ${shown(checkpoint)}`);
  const site = await buildSite(join(values.output, values.smoke ? 'smoke' : 'site'), weights);
  print(`page: ${shown(site.folder)}`);
  const expected = await predictInNode(site);
  if (values.smoke) {
    const { scores } = await predictAsPage(site);
    const difference = checkSame('onnxruntime-web', scores.data, expected.scores.data);
    return print(`onnxruntime-web in Node differs from onnxruntime-node by ${difference.toExponential(1)}`);
  }
  const server = await serveSite(site.folder, Number(values.port));
  print(`serving ${server.url}`);
  if (executable === null) return;
  try {
    const screenshot = join(values.output, 'browser.png');
    const { scores, milliseconds } = await driveChromium(executable, { url: server.url, screenshot, provider });
    const difference = checkSame(`Chromium (${provider})`, scores, expected.scores.data);
    print(
      `Chromium (${provider}) predicted in ${milliseconds.toFixed(0)} ms and differs from Node by ${difference.toExponential(1)}`,
    );
    print(`picture: ${shown(screenshot)}`);
  } finally {
    await server.close();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isExpected = error instanceof DeliraError || (error instanceof Error && error.constructor === Error);
  process.stderr.write(`${isExpected ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exitCode = 1;
}
