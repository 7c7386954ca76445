import { Stopwatch } from './Stopwatch.js';
import type { Timings } from './TrainerOptions.js';

const PARTS = ['run', 'data', 'compile', 'validation', 'save'] as const;

/** Tells where the time of a training went. */
export class FitClock extends Stopwatch<(typeof PARTS)[number]> {
  /** Starts a training; the function it gives tells the times since then, of as many steps. */
  start(): (steps: number) => Timings {
    const start = performance.now();
    const before = new Map(PARTS.map((part) => [part, this.spent(part)]));
    return (steps) => {
      const spent = (part: (typeof PARTS)[number]): number => this.spent(part) - before.get(part)!;
      const total = performance.now() - start;
      return {
        run: spent('run'),
        data: spent('data'),
        compile: spent('compile'),
        validation: spent('validation'),
        save: spent('save'),
        total,
        host: total - PARTS.reduce((sum, part) => sum + spent(part), 0),
        steps,
      };
    };
  }
}
