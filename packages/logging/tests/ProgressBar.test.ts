import { ProgressBar, type ProgressBarOptions } from '../src/index.js';
import { describe, expect, it } from 'vitest';
import { FakeStream } from './FakeStream.js';

/** A bar with a clock that stands still unless it is told to go on. */
function create(
  stream: FakeStream,
  options: ProgressBarOptions = {},
): { bar: ProgressBar; pass: (milliseconds: number) => void } {
  let time = 5000;
  const bar = new ProgressBar({ stream, style: 'unicode', now: () => time, ...options });
  return { bar, pass: (milliseconds) => (time += milliseconds) };
}

describe('on a terminal', () => {
  it('draws label, bar, share, count, values, rate and time left over one line', () => {
    const stream = new FakeStream(true, 120);
    const { bar, pass } = create(stream);
    bar.start({ label: 'Epoch 1/5', total: 60_000 });
    expect(stream.visible).toBe(
      'Epoch 1/5  ░░░░░░░░░░░░░░░░░░░░░░░░    0%  0/60,000  0.0 samples/s  time left unknown',
    );
    pass(10_000);
    bar.update(15_000, { loss: 0.123456, accuracy: '96.2 %' });
    expect(stream.visible).toBe(
      'Epoch 1/5  ██████░░░░░░░░░░░░░░░░░░   25%  15,000/60,000  loss 0.1235  accuracy 96.2 %  1,500 samples/s  0:30 left',
    );
    expect(stream.text).not.toContain('\n');
  });

  it('ends with the time taken, on a line that stays', () => {
    const stream = new FakeStream(true, 120);
    const { bar, pass } = create(stream, { style: 'ascii', unit: 'steps' });
    bar.start({ label: 'Test', total: 10 });
    pass(3_725_000);
    bar.update(10, { loss: 2 });
    bar.finish();
    expect(stream.visible).toBe('Test  ########################  100%  10/10  loss 2  0.0 steps/s  in 1:02:05\n');
    const { text } = stream;
    bar.finish();
    bar.update(3);
    expect(stream.text).toBe(text);
  });

  it('draws no more often than it should', () => {
    const stream = new FakeStream(true);
    const { bar, pass } = create(stream, { redrawEvery: 50 });
    bar.start({ label: 'Epoch', total: 10 });
    pass(49);
    bar.update(1);
    expect(stream.visible).toContain('0/10');
    pass(1);
    bar.update(2);
    expect(stream.visible).toContain('2/10');
  });

  it('does not count what an interrupted run did before for the rate', () => {
    const stream = new FakeStream(true, 120);
    const { bar, pass } = create(stream);
    bar.start({ label: 'Epoch', total: 100, initial: 50 });
    pass(1000);
    bar.update(75);
    expect(stream.visible).toContain(' 75%  75/100  25 samples/s  0:01 left');
  });

  it('of a training shows all but the count in a terminal of the usual width', () => {
    const stream = new FakeStream(true, 80);
    const { bar, pass } = create(stream);
    bar.start({ label: 'Epoch 1/1', total: 60_000 });
    pass(65_000);
    bar.update(26_624, { loss: 0.123456, accuracy: 0.961234 });
    expect(stream.visible).toBe('Epoch 1/1  ██░░░░   44%  loss 0.1235  accuracy 0.9612  410 samples/s  1:22 left');
  });

  it.each([200, 80, 60, 30, 10])('fits into %d columns', (columns) => {
    const stream = new FakeStream(true, columns);
    const { bar, pass } = create(stream);
    bar.start({ label: 'Epoch 1/5', total: 60_000 });
    pass(1000);
    bar.update(1234, { loss: 0.5, accuracy: 0.75 });
    expect(stream.visible.length).toBeLessThan(columns);
    expect(stream.visible.startsWith('Epoch 1/5'.slice(0, columns - 1))).toBe(true);
  });

  it('keeps text that is written to it above the bar', () => {
    const stream = new FakeStream(true, 120);
    const { bar } = create(stream);
    bar.write('before\n');
    bar.start({ label: 'Epoch', total: 10 });
    const shown = stream.visible;
    stream.text = '';
    bar.write('compiled\n');
    expect(stream.text).toBe(`\r\u001b[Kcompiled\n\r\u001b[K${shown}`);
  });

  it('finishes a bar when the next one starts', () => {
    const stream = new FakeStream(true, 120);
    const { bar } = create(stream);
    bar.start({ label: 'Epoch 1', total: 10 });
    bar.start({ label: 'Epoch 2', total: 10 });
    expect(stream.text).toMatch(/Epoch 1[^\n]*\n[^\n]*Epoch 2/);
  });
});

describe('where no terminal is', () => {
  it('writes a plain line now and then, and one at the end', () => {
    const stream = new FakeStream();
    const { bar, pass } = create(stream);
    bar.start({ label: 'Epoch 1/1', total: 100 });
    for (let done = 1; done <= 100; done++) {
      pass(250);
      bar.update(done, { loss: 1 / done });
    }
    bar.finish();
    expect(stream.lines).toEqual([
      'Epoch 1/1   40%  40/100  loss 0.025  4.0 samples/s  0:15 left',
      'Epoch 1/1   80%  80/100  loss 0.0125  4.0 samples/s  0:05 left',
      'Epoch 1/1  100%  100/100  loss 0.01  4.0 samples/s  in 0:25',
    ]);
    expect(stream.text).not.toContain('\u001b');
  });

  it('writes the end once, also when a line was due just then', () => {
    const stream = new FakeStream();
    const { bar, pass } = create(stream);
    bar.start({ label: 'Test', total: 20 });
    pass(10_000);
    bar.update(20);
    bar.finish();
    expect(stream.lines).toEqual(['Test  100%  20/20  2.0 samples/s  in 0:10']);
  });

  it('passes text on unchanged', () => {
    const stream = new FakeStream();
    const { bar } = create(stream);
    bar.start({ label: 'Epoch', total: 10 });
    bar.write('compiled\n');
    expect(stream.text).toBe('compiled\n');
  });
});
