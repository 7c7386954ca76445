import { mkdir, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import type { Rng } from '@delira/core';
import { readDecathlon, readNnunet } from '@delira/data-loading';
import { Parameters, type TextFormat } from '@delira/parameters';
import { damageText, pick } from '../damage.js';
import { damageJson } from '../damageJson.js';
import type { FuzzFormat } from '../FuzzFormat.js';

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A damaged tree where the text can still be parsed, else damaged text; now and then something far too deep. */
function damageJsonText(bytes: Uint8Array, rng: Rng): Uint8Array {
  const text = textOf(bytes);
  if (rng.int(100) === 0) return bytesOf(pick(['[', '{"a":', '[['], rng).repeat(100_000));
  if (rng.int(3) === 0) return bytesOf(damageText(text, rng));
  try {
    return bytesOf(JSON.stringify(damageJson(JSON.parse(text), rng)));
  } catch {
    return bytesOf(damageText(text, rng));
  }
}

const decathlon = {
  name: 'Liver',
  modality: { '0': 'CT' },
  labels: { '0': 'background', '1': 'liver' },
  training: [{ image: './imagesTr/liver_1.nii.gz', label: './labelsTr/liver_1.nii.gz' }],
  test: ['./imagesTs/liver_9.nii.gz'],
};
const nnunet = {
  channel_names: { '0': 'T1', '1': 'FLAIR' },
  labels: { background: 0, lesion: 1 },
  file_ending: '.nii.gz',
};

const descriptions = (
  name: string,
  description: unknown,
  files: readonly string[],
  read: (folder: string) => Promise<unknown>,
): FuzzFormat => ({
  name,
  intact: () => Promise.resolve([bytesOf(JSON.stringify(description, null, 2))]),
  damage: damageJsonText,
  async prepare(bytes, folder) {
    const dataset = joinPath(folder, name);
    for (const file of files) {
      const path = joinPath(dataset, file);
      await mkdir(joinPath(path, '..'), { recursive: true });
      await writeFile(path, '');
    }
    await mkdir(dataset, { recursive: true });
    await writeFile(joinPath(dataset, 'dataset.json'), bytes);
    // An error may be about a case's file as well.
    return { path: dataset, read: () => read(dataset) };
  },
});

const parameters = {
  fixed: { model: { depth: 18 }, training: { epochs: 10, optimizer: { type: 'Adam', options: { lr: 0.001 } } } },
  variable: { model: { dropout: 0.5 }, training: { transforms: [{ type: 'Mirror', options: { axes: [0, 1] } }] } },
};
const yaml = `# A comment
fixed:
  model: {depth: 18, name: "größe"}
  training:
    epochs: 10
    optimizer: &adam
      type: Adam
      options: {lr: 1e-3, betas: [0.9, 0.999]}
variable:
  model:
    dropout: .5
    text: |
      two
      lines
  training:
    second: *adam
`;
/** What has brought down readers of YAML: aliases that multiply, tags that run code, depth, keys that are no names. */
const NASTY = [
  'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n',
  'x: !!js/function "function () { process.exit() }"\n',
  `x: ${'['.repeat(5000)}\n`,
  `${'- '.repeat(5000)}x\n`,
  `x: ${'{a: '.repeat(2000)}\n`,
  'x: &x\n  y: *x\n',
  '<<: *adam\n',
  '? [a, b]\n: c\n',
  '__proto__: {polluted: true}\n',
  'constructor: {prototype: 1}\n',
  '%YAML 9.9\n---\n',
  '--- a\n--- b\n',
  '\u0000',
  '\t- x\n',
  'x: !!binary "////"\n',
  'date: 2001-12-14t21:59:43.10-05:00\n',
  `x: ${'9'.repeat(5000)}\n`,
  `x: "${'\\'.repeat(4001)}"\n`,
];

function damageYaml(bytes: Uint8Array, rng: Rng): Uint8Array {
  const text = textOf(bytes);
  if (rng.int(4) > 0) return bytesOf(damageText(text, rng));
  const lines = text.split('\n');
  const at = rng.int(lines.length + 1);
  return bytesOf([...lines.slice(0, at), pick(NASTY, rng), ...lines.slice(at)].join('\n'));
}

const configuration = (format: TextFormat, text: string, damage: FuzzFormat['damage']): FuzzFormat => ({
  name: format,
  intact: () => Promise.resolve([bytesOf(text)]),
  damage,
  prepare: (bytes) =>
    Promise.resolve({
      path: null,
      read: async () => {
        const read = Parameters.parse(textOf(bytes), { format });
        // What was read can be written, and is the same when it is read again.
        const again = Parameters.parse(read.stringify(format), { format });
        if (String(again) !== String(read))
          throw new Error('The parameters are not the same when they are read again.');
        return read.values;
      },
    }),
});

export const texts: readonly FuzzFormat[] = [
  descriptions('decathlon', decathlon, [], readDecathlon),
  descriptions(
    'nnunet',
    nnunet,
    [
      'imagesTr/a_0000.nii.gz',
      'imagesTr/a_0001.nii.gz',
      'labelsTr/a.nii.gz',
      'imagesTs/c_0000.nii.gz',
      'imagesTs/c_0001.nii.gz',
    ],
    readNnunet,
  ),
  configuration('yaml', yaml, damageYaml),
  configuration('json', JSON.stringify(parameters, null, 2), damageJsonText),
];
