import { loadNifti } from '@delira/io';
import { temporaryFolder } from '@delira/testkit/vitest';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GEOMETRY, layOut, SEGMENTATION, writeCases } from './support/data.js';
import { delira } from './support/delira.js';

const json = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));

/** The config of cubes for a dataset of another form, brought to another spacing, two epochs long. */
function configFor(type: string): string {
  const dataset = `dataset: { type: ${type}, options: { folder: data, spacing: [1.25, 1.5, 1.6], interpolation: cubic } }\n`;
  return SEGMENTATION.replace(/dataset:\n.*\n.*\n/, dataset)
    .replace('validation: 1', 'validation: 1\ntest: 1')
    .replace('mirrorAxes: [2]', 'mirrorAxes: [2], validation: true')
    .replace('epochs: 20', 'epochs: 2');
}

async function folderOf(type: 'Decathlon' | 'Nnunet'): Promise<string> {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  await writeCases(join(folder, 'cases'));
  layOut(join(folder, 'cases'), data, type === 'Nnunet' ? '_0000' : '');
  const training = [0, 1, 2, 3].map((number) => ({
    image: `./imagesTr/case${number}.nii.gz`,
    label: `./labelsTr/case${number}.nii.gz`,
  }));
  const description =
    type === 'Decathlon'
      ? { modality: { 0: 'MR' }, labels: { 0: 'background', 1: 'cube' }, training, test: [] }
      : { channel_names: { 0: 'MR' }, labels: { background: 0, cube: 1 }, file_ending: '.nii.gz' };
  writeFileSync(join(data, 'dataset.json'), JSON.stringify(description));
  writeFileSync(join(folder, 'cubes.yaml'), configFor(type));
  return folder;
}

describe('the program that is built, on volumes of another spacing', () => {
  it.each([
    ['Decathlon', 'case0'],
    ['Nnunet', 'case0_0000'],
  ] as const)(
    'trains on a folder of %s, tests in windows, and predicts in its geometry',
    async (type, input) => {
      const folder = await folderOf(type);
      const trained = await delira(folder, 'train', 'cubes.yaml', '--quiet');
      expect(trained).toMatchObject({ code: 0, errors: '', out: expect.stringMatching(/^val_dice +[01]/m) });
      // Window by window there are metrics alone.
      expect(trained.out).not.toContain('val_loss');

      const tested = await delira(folder, 'test', 'runs/cubes', '--quiet');
      expect(tested).toMatchObject({ code: 0, errors: '', out: expect.stringMatching(/^dice +[01][.\d]*\n$/) });
      expect(json(folder, 'runs', 'cubes', 'run', 'test.json')).toMatchObject({ samples: 1 });

      const path = `data/imagesTr/${input}.nii.gz`;
      const predicted = await delira(folder, 'predict', 'runs/cubes', path, '-o', 'out', '--quiet');
      expect(predicted).toMatchObject({ code: 0, errors: '', out: 'out/case0.nii.gz\n' });
      const made = await loadNifti(join(folder, 'out', 'case0.nii.gz'));
      expect(made).toMatchObject({ spacing: GEOMETRY.spacing, origin: GEOMETRY.origin });
      made.direction.forEach((cosine, index) => expect(cosine).toBeCloseTo(GEOMETRY.direction[index]!, 6));
      expect(made.array.shape).toEqual([10, 11, 12]);
    },
    120_000,
  );
});
