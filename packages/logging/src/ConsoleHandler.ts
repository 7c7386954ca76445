import { MultiStreamHandler, type StreamOptions } from './MultiStreamHandler.js';
import type { TextStream } from './TextStream.js';

export interface ConsoleOptions extends StreamOptions {
  /** Default: the standard error stream. Give it the ProgressBar, if there is one: lines then appear above the bar. */
  readonly stream?: TextStream;
}

/** Texts and the numbers of each epoch, for people. By default from level `'info'` up, and without the numbers of single steps. */
export class ConsoleHandler extends MultiStreamHandler {
  constructor(options: ConsoleOptions = {}) {
    super([options.stream ?? process.stderr], {
      level: 'info',
      filter: (record) => record.kind === 'text' || record.period === 'epoch',
      ...options,
    });
  }
}
