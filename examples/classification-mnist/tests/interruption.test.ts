import { loadCheckpoint } from '@delira/io';
import { exampleStarter, linesIn, pause } from '@delira/program/testing';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

// The example as `npm run demo` starts it: nx builds it before this test.
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'delira-mnist-'));
afterAll(() => rmSync(folder, { recursive: true }));

const STEPS = 16;
const few = ['--digits', '128', '--batch-size', '8', '--test-digits', '50', '--threads', '1'];

const demo = exampleStarter(program, 90_000);
const stepsIn = (output: string): number => linesIn(output, 'steps.jsonl');

describe('the example', () => {
  it('interrupted by Ctrl-C, delivered twice, saves, and a resume ends in the same bits', async () => {
    const [whole, interrupted] = [join(folder, 'whole'), join(folder, 'interrupted')];
    const undisturbed = await demo([...few, '--output', whole]);
    expect(undisturbed).toMatchObject({ code: 0 });
    expect(undisturbed.log.split('\n')[0]).toBe(
      'Trains ResNet18 on 128 handwritten digits (MNIST), tests it on 50 others and exports it. Ctrl-C saves.',
    );
    expect(undisturbed.out.trimEnd().split('\n').at(-1)).toMatch(/^test accuracy: \d+\.\d\d %$/);
    expect(existsSync(join(whole, 'resnet18.onnx'))).toBe(true);

    const command = [...few, '--output', interrupted];
    const first = await demo(command, async (group) => {
      while (stepsIn(interrupted) === 0) await pause(10);
      // As a terminal and npm do: to every process of the group, and once more.
      process.kill(group, 'SIGINT');
      await pause(30);
      process.kill(group, 'SIGINT');
    });
    expect(first).toMatchObject({ code: 130, out: '' });
    const done = stepsIn(interrupted);
    expect(done).toBeLessThan(STEPS);
    expect(first.log).toContain(`Saved after step ${done} in `);
    expect(first.log).toContain(`Go on with: npm run demo -- ${command.join(' ')} --resume\n`);

    const second = await demo([...command, '--resume']);
    expect(second.log).toContain(`Going on after step ${done} of ${STEPS}.\n`);
    const tail = (text: string): string => text.slice(0, text.indexOf('trained'));
    expect(tail(second.out)).toBe(tail(undisturbed.out));
    for (const name of ['last.safetensors', 'resnet18.onnx', 'epochs.csv', 'steps.jsonl'])
      expect(readFileSync(join(interrupted, name)).equals(readFileSync(join(whole, name))), name).toBe(true);
    const { tensors, meta } = await loadCheckpoint(join(interrupted, 'last.safetensors'));
    expect(tensors.size).toBeGreaterThan(100);
    expect(meta).toMatchObject({ position: { epoch: 1, step: STEPS } });

    const third = await demo([...command, '--resume']);
    expect(third).toMatchObject({ code: 0 });
    expect(third.log).toContain('The training is complete: 1 of 1 epochs are done. Testing again.\n');
    expect(third.out.slice(0, third.out.indexOf('checkpoint'))).toBe(tail(undisturbed.out));
  }, 180_000);

  it('says what to do when there is nothing to resume, or an option is wrong', async () => {
    const missing = await demo(['--resume', '--output', join(folder, 'nothing')]);
    expect(missing).toMatchObject({ code: 1, out: '' });
    expect(missing.log).toMatch(
      /^There is nothing to resume: .*last\.safetensors does not exist\. Run without --resume first\.\n$/,
    );
    const unknown = await demo(['--epoch', '3']);
    expect(unknown.code).toBe(1);
    expect(unknown.log).toMatch(/^Unknown option '--epoch'/);
    expect(unknown.log).not.toContain('    at ');
  });
});
