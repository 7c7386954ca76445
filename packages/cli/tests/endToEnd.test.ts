import { loadNifti, readSafetensors } from '@delira/io';
import { temporaryFolder } from '@delira/testkit/vitest';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classificationFolder, GEOMETRY, SEGMENTATION, writeCases } from './support/data.js';
import { delira, start } from './support/delira.js';

const json = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));
const weights = (folder: string) =>
  Object.fromEntries(readSafetensors(readFileSync(join(folder, 'run', 'last.safetensors'))).tensors);

/** Until there is something to interrupt. */
async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('the program that is built', () => {
  it('trains, is interrupted, goes on to the same bits, tests and predicts', { timeout: 240_000 }, async () => {
    const folder = temporaryFolder();
    await classificationFolder(folder);
    const epochs = 'training.epochs=40';

    // With data workers: the run without them, interrupted, must come to the same all the same.
    const worked = ['--set', 'training.workers=2'];
    const whole = await delira(folder, 'train', 'tiny.yaml', '--set', epochs, ...worked, '-o', 'whole');
    expect(whole.errors).toContain('2 classes; 13 samples to train on, 5 to validate, 6 to test.');
    expect(whole).toMatchObject({ code: 0, out: expect.stringMatching(/^val_accuracy +[01]/m) });

    const running = start(folder, 'train', 'tiny.yaml', '--set', epochs, '-o', 'runs/parts');
    await appears(join(folder, 'runs', 'parts', 'run', 'last.safetensors'));
    // Halted, so that it is still at work when the second process looks, however slow that is.
    running.child.kill('SIGSTOP');
    const second = await delira(folder, 'resume', 'runs/parts', '--quiet');
    running.child.kill('SIGINT');
    running.child.kill('SIGCONT');
    const interrupted = await running.ended;
    expect(second).toMatchObject({
      code: 1,
      errors: expect.stringContaining(`process ${running.child.pid} works on the folder`),
    });
    expect(interrupted).toMatchObject({
      code: 130,
      out: expect.stringContaining('go on with: delira resume runs/parts'),
    });
    const resumed = await delira(folder, 'resume', 'runs/parts');
    expect(resumed).toMatchObject({ code: 0, out: expect.stringContaining('run: runs/parts') });
    expect(weights(join(folder, 'runs', 'parts'))).toEqual(weights(join(folder, 'whole')));
    const history = (run: string): string => readFileSync(join(folder, run, 'run', 'epochs.csv'), 'utf8');
    expect(history('runs/parts')).toBe(history('whole'));

    const tested = await delira(folder, 'test', 'whole', '--quiet');
    expect(tested).toMatchObject({ code: 0, errors: '', out: expect.stringMatching(/^accuracy +1\n/m) });
    expect(json(folder, 'whole', 'run', 'test.json')).toMatchObject({ samples: 6, values: { accuracy: 1 } });

    const predicted = await delira(folder, 'predict', 'whole', 'images/dark', 'images/light/3.png', '-o', 'out');
    expect(predicted).toMatchObject({ code: 0, out: 'out/predictions.csv\nout/predictions.json\n' });
    const rows = json(folder, 'out', 'predictions.json') as { class: string; probabilities: Record<string, number> }[];
    expect(rows.map((row) => row.class)).toEqual([...new Array<string>(12).fill('dark'), 'light']);
    expect(rows[0]!.probabilities['dark']! + rows[0]!.probabilities['light']!).toBeCloseTo(1, 5);
    const [header, first] = readFileSync(join(folder, 'out', 'predictions.csv'), 'utf8').split('\n');
    expect(header).toBe('file,class,dark,light');
    expect(first).toMatch(/^images\/dark\/0\.png,dark,0\.\d{6},0\.\d{6}$/);

    writeFileSync(join(folder, 'images', 'broken.png'), 'not a picture');
    const broken = await delira(folder, 'predict', 'whole', 'images/light/3.png', 'images/broken.png', '-o', 'before');
    expect(broken).toMatchObject({ code: 1, errors: expect.stringContaining('images/broken.png') });
    expect(json(folder, 'before', 'predictions.json')).toMatchObject([{ file: 'images/light/3.png', class: 'light' }]);
  });

  it('cross-validates, goes on with it, predicts with all folds, and tests one', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    await classificationFolder(folder);
    const begun = start(folder, 'kfold', 'tiny.yaml', '--folds', '2', '--set', 'training.epochs=20', '--quiet');
    await appears(join(folder, 'runs', 'tiny', 'fold-0', 'last.safetensors'));
    begun.child.kill('SIGINT');
    expect(await begun.ended).toMatchObject({
      code: 130,
      out: expect.stringMatching(
        /^stopped: received SIGINT, saved in runs\/tiny\ngo on with: delira resume runs\/tiny$/m,
      ),
    });
    const result = await delira(folder, 'resume', 'runs/tiny', '--quiet');
    expect(result.errors).toBe('');
    expect(result.out.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      'fold',
      '0',
      '1',
      'mean',
      'standard deviation',
      'run: runs/tiny',
      '',
    ]);
    expect(result.code).toBe(0);
    const predicted = await delira(folder, 'predict', 'runs/tiny', 'images/dark/0.png', '-o', 'out', '--quiet');
    expect(predicted).toMatchObject({ code: 0, errors: '' });
    expect(await delira(folder, 'test', 'runs/tiny', '--quiet')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--fold 0 … --fold 1'),
    });
    const { out } = await delira(folder, 'test', 'runs/tiny', '--fold', '1', '--quiet');
    expect(out).toMatch(/^accuracy +[01]/m);
  });

  it('segments volumes in their geometry', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    await writeCases(join(folder, 'cases'));
    writeFileSync(join(folder, 'cubes.yaml'), SEGMENTATION);
    expect(await delira(folder, 'train', 'cubes.yaml', '--quiet')).toMatchObject({ code: 0, errors: '' });
    const predicted = await delira(
      folder,
      'predict',
      'runs/cubes',
      'cases/case3',
      'cases/case0',
      '-o',
      'out',
      '--quiet',
    );
    expect(predicted).toMatchObject({ code: 0, errors: '', out: 'out/case3.nii.gz\nout/case0.nii.gz\n' });
    const made = await loadNifti(join(folder, 'out', 'case3.nii.gz'));
    const truth = await loadNifti(join(folder, 'cases', 'case3', 'label.nii.gz'));
    expect(made).toMatchObject({ spacing: GEOMETRY.spacing, origin: GEOMETRY.origin });
    made.direction.forEach((cosine, index) => expect(cosine).toBeCloseTo(GEOMETRY.direction[index]!, 6));
    expect(made.array.shape).toEqual([10, 11, 12]);
    const right = made.array.data.filter((value, index) => value === truth.array.data[index]);
    expect(right.length / 1320).toBeGreaterThan(0.9);
  });

  it('says what is installed', { timeout: 120_000 }, async () => {
    const { code, out, errors } = await delira(temporaryFolder(), 'doctor');
    // Engines may complain of drivers there, but the program does not.
    expect(out, errors).not.toBe('');
    expect(out).toMatch(/^ {2}node +\d+\.\d+\.\d+$/m);
    expect(out).toMatch(/^ {4}cpu +works: threads \d+, flavour (tuned|portable)/m);
    expect(out).toMatch(/^ {4}tfjs-node-gpu .*npm install @tensorflow\/tfjs-node-gpu/m);
    expect(out).toMatch(/^ {2}images +works: sharp \d/m);
    expect(out).toMatch(/^ {2}onnx +@delira\/backend-onnx-training \d[\d.]*, onnxruntime-node \d/m);
    expect(out).toMatch(/^ {4}cuda .*(works|CUDA 12)/m);
    expect(code).toBe(0);
  });

  it('ends with the code of a time limit, and says which engine is missing', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    await classificationFolder(folder);
    const limit = 'callbacks=[{type: TimeLimit, options: {seconds: 0.01}}]';
    const limited = await delira(folder, 'train', 'tiny.yaml', '--set', limit, '--quiet');
    expect(limited).toMatchObject({ code: 75, out: expect.stringContaining('go on with: delira resume runs/tiny') });

    const engine = 'backend={type: tfjs, options: {engine: tfjs-node-gpu}}';
    const missing = await delira(folder, 'train', 'tiny.yaml', '--set', engine, '-o', 'runs/other');
    expect(missing).toMatchObject({
      code: 1,
      errors: expect.stringContaining('Run: npm install @tensorflow/tfjs-node-gpu'),
    });
    expect(existsSync(join(folder, 'runs', 'other'))).toBe(false);

    const monitor = 'training.monitor=val_acuracy';
    const unmonitored = await delira(folder, 'train', 'tiny.yaml', '--set', monitor, '--quiet', '-o', 'runs/third');
    expect(unmonitored.errors).toBe(
      'The monitored value "val_acuracy" does not exist. Did you mean "val_accuracy"? There is: loss, accuracy, val_loss, val_accuracy.\n',
    );
    expect(unmonitored.code).toBe(1);
    // Nothing was trained: the folder is free for what was meant.
    const meant = ['train', 'tiny.yaml', '--set', 'training.epochs=1', '--quiet', '-o', 'runs/third'];
    expect(await delira(folder, ...meant)).toMatchObject({ code: 0, errors: '' });
    expect(await delira(folder, ...meant)).toMatchObject({
      code: 1,
      errors:
        'runs/third holds a run already. Go on with it: delira resume runs/third; or choose another folder: -o RUN; or remove this one.\n',
    });
  });
});
