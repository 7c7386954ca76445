import { loadCheckpoint, loadNifti } from '@delira/io';
import { exampleStarter, linesIn, pause } from '@delira/program/testing';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

// The example as its npm script starts it: nx builds it before this test.
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'delira-segmentation-'));
afterAll(() => rmSync(folder, { recursive: true }));

const STEPS = 6;
const few = ['--epochs', '1', '--steps', String(STEPS), '--batch-size', '1', '--threads', '1'];

const start = exampleStarter(program, 150_000);
const stepsIn = (output: string): number => linesIn(output, 'steps.jsonl');

describe('the example', () => {
  it('interrupted by Ctrl-C saves, and a resume ends in the same bits', async () => {
    const [whole, interrupted] = [join(folder, 'whole'), join(folder, 'interrupted')];
    const undisturbed = await start([...few, '--output', whole]);
    expect(undisturbed).toMatchObject({ code: 0 });
    expect(undisturbed.out).toMatch(/\nfrontal lobe {2,}\d\.\d{3}\n/);
    expect(undisturbed.out.trimEnd().split('\n').at(-1)).toMatch(/^mean Dice: (\d\.\d{3}|NaN)$/);
    expect(existsSync(join(whole, 'overlay.png'))).toBe(true);
    const prediction = await loadNifti(join(whole, 'prediction.nii.gz'));
    expect(prediction.array.shape).toEqual([151, 191, 161]);
    expect(prediction.origin).toEqual([-80, -80, 85]);

    const command = [...few, '--output', interrupted];
    const first = await start(command, async (group) => {
      while (stepsIn(interrupted) === 0) await pause(10);
      process.kill(group, 'SIGINT');
    });
    expect(first).toMatchObject({ code: 130, out: '' });
    const done = stepsIn(interrupted);
    expect(done).toBeLessThan(STEPS);
    expect(first.log).toContain(`Go on with: npm run segmentation-2d -- ${command.join(' ')} --resume\n`);

    const second = await start([...command, '--resume']);
    expect(second).toMatchObject({ code: 0 });
    expect(second.log).toContain(`Going on after step ${done} of ${STEPS}.\n`);
    for (const name of ['last.safetensors', 'prediction.nii.gz', 'overlay.png', 'scores.json', 'steps.jsonl'])
      expect(readFileSync(join(interrupted, name)).equals(readFileSync(join(whole, name))), name).toBe(true);
  }, 300_000);

  it('cross-validated, killed in its second fold and resumed, prints the same table', async () => {
    const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
    const command = ['--kfold', '2', '--epochs', '1', '--steps', '3', '--batch-size', '1', '--threads', '1'];
    const undisturbed = await start([...command, '--output', whole]);
    expect(undisturbed).toMatchObject({ code: 0 });
    const table = undisturbed.out.trim().split('\n\n')[0]!;
    expect(table.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      'fold',
      '0',
      '1',
      'mean',
      'standard deviation',
    ]);

    const fold = join(killed, 'kfold', 'fold-1');
    const first = await start([...command, '--output', killed], async (group) => {
      while (linesIn(fold, 'history.jsonl') === 0) await pause(10);
      process.kill(group, 'SIGKILL');
    });
    expect(first).toMatchObject({ code: null, out: '' });
    expect(existsSync(join(killed, 'kfold', 'fold-0', 'result.json'))).toBe(true);

    const second = await start([...command, '--output', killed, '--resume']);
    expect(second).toMatchObject({ code: 0 });
    expect(second.out.trim().split('\n\n')[0]).toBe(table);
    expect(second.log).not.toContain('Fold 1 of 2');
    for (const name of ['results.json', 'splits.json', 'fold-1/last.safetensors', 'fold-1/history.jsonl'])
      expect(readFileSync(join(killed, 'kfold', name)).equals(readFileSync(join(whole, 'kfold', name))), name).toBe(
        true,
      );
  }, 300_000);

  it('writes what another program needs to train on the same patches', async () => {
    const data = join(folder, 'data');
    const { code, out } = await start([...few, '--output', join(folder, 'none'), '--export-data', data]);
    expect({ code, out: out.startsWith('data, patches and first weights: ') }).toEqual({ code: 0, out: true });
    const { tensors, meta } = await loadCheckpoint(join(data, 'data.safetensors'));
    expect(tensors.get('train.data')?.shape).toEqual([78, 1, 110, 191]);
    expect(tensors.get('test.label')?.shape).toEqual([78, 110, 191]);
    expect(tensors.get('patches')?.shape).toEqual([STEPS, 1, 4]);
    expect(tensors.get('learningRates')?.shape).toEqual([STEPS]);
    expect(meta).toMatchObject({ size: [96, 128], batchSize: 1, network: { depth: 5 } });
    const initial = await loadCheckpoint(join(data, 'initial.safetensors'));
    expect([...initial.tensors.keys()].filter((name) => name.startsWith('optimizer'))).toEqual([]);
    expect(initial.tensors.get('down_convs.0.conv1.weight')?.shape).toEqual([16, 1, 3, 3]);
  }, 120_000);

  it('says what to do when there is nothing to resume', async () => {
    const { code, out, log } = await start(['--resume', '--output', join(folder, 'nothing')]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(log).toMatch(
      /^There is nothing to resume: .*last\.safetensors does not exist\. Run without --resume first\.\n$/,
    );
  }, 60_000);
});
