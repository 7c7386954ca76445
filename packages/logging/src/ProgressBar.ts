import { formatNumber } from './formatRecord.js';
import type { TextStream } from './TextStream.js';

export interface ProgressBarOptions {
  /** Default: the standard error stream. */
  readonly stream?: TextStream;
  /** What is counted, in the plural; default `'samples'`. */
  readonly unit?: string;
  /** Default: unicode, unless the terminal's locale or type says it cannot show it. */
  readonly style?: 'unicode' | 'ascii';
  /** Milliseconds between two drawings on a terminal; default 100. */
  readonly redrawEvery?: number;
  /** Milliseconds between two lines where no terminal is; default 10,000. */
  readonly lineEvery?: number;
  /** A clock in milliseconds; default `performance.now`. */
  readonly now?: () => number;
}

export interface ProgressStart {
  /** What is going on: `'Epoch 1/5'`. */
  readonly label: string;
  readonly total: number;
  /** How much was done before, by an interrupted run: it counts as done, but not for the rate. Default 0. */
  readonly initial?: number;
}

interface Progress extends Required<ProgressStart> {
  readonly startedAt: number;
  done: number;
  values: Readonly<Record<string, number | string>>;
  drawnAt: number;
}

const BAR_WIDTH = 24;
const LEAST_BAR_WIDTH = 4;
const CLEAR_LINE = '\r\u001b[K';

/**
 * Shows how far something is, how fast it goes, how long it will still take, and some values. On a terminal one line is drawn over and
 * over; elsewhere (a file, a pipe, CI) a plain line is written now and then. It sets no timers: it draws when it is told of progress.
 *
 * It is a stream itself: text written to it appears above the bar.
 */
export class ProgressBar implements TextStream {
  readonly #stream: TextStream;
  readonly #unit: string;
  readonly #style: 'unicode' | 'ascii';
  readonly #interval: number;
  readonly #now: () => number;
  #progress: Progress | null = null;

  constructor(options: ProgressBarOptions = {}) {
    this.#stream = options.stream ?? process.stderr;
    this.#unit = options.unit ?? 'samples';
    this.#style = options.style ?? (supportsUnicode() ? 'unicode' : 'ascii');
    this.#interval = this.isTTY ? (options.redrawEvery ?? 100) : (options.lineEvery ?? 10_000);
    this.#now = options.now ?? (() => performance.now());
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number {
    return this.#stream.columns ?? 80;
  }

  /** Begins a new bar; one that is still shown is finished first. */
  start({ label, total, initial = 0 }: ProgressStart): void {
    this.finish();
    const now = this.#now();
    this.#progress = { label, total, initial, startedAt: now, done: initial, values: {}, drawnAt: now };
    if (this.isTTY) this.#draw(this.#progress);
  }

  /** @param done how much is done in all. @param values shown beside the bar; numbers with four significant digits, text as it is. */
  update(done: number, values: Readonly<Record<string, number | string>> = {}): void {
    const progress = this.#progress;
    if (progress === null) return;
    progress.done = done;
    progress.values = values;
    // The last line is left to finish(): where no terminal is, it would stand there twice.
    const isLast = !this.isTTY && done >= progress.total;
    if (!isLast && this.#now() - progress.drawnAt >= this.#interval) this.#draw(progress);
  }

  /** Draws a last time, with the time taken in place of the time left, and moves on to the next line. */
  finish(): void {
    const progress = this.#progress;
    if (progress === null) return;
    this.#progress = null;
    this.#stream.write(`${this.isTTY ? CLEAR_LINE : ''}${this.#line(progress, true)}\n`);
  }

  /** Writes whole lines above the bar. */
  write(text: string): void {
    if (this.#progress === null || !this.isTTY) {
      this.#stream.write(text);
      return;
    }
    this.#stream.write(CLEAR_LINE + text);
    this.#draw(this.#progress);
  }

  #draw(progress: Progress): void {
    progress.drawnAt = this.#now();
    const line = this.#line(progress, false);
    this.#stream.write(this.isTTY ? CLEAR_LINE + line : `${line}\n`);
  }

  #line({ label, total, initial, done, values: shown, startedAt }: Progress, finished: boolean): string {
    const seconds = (this.#now() - startedAt) / 1000;
    const rate = seconds > 0 ? (done - initial) / seconds : 0;
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const time = finished
      ? `in ${formatSeconds(Math.round(seconds))}`
      : rate > 0
        ? `${formatSeconds((total - done) / rate)} left`
        : 'time left unknown';
    const values = Object.entries(shown).map(
      ([name, value]) => `${name} ${typeof value === 'number' ? formatNumber(value) : value}`,
    );
    const percent = `${Math.floor(100 * share)}%`.padStart(4);
    const count = `${group(done)}/${group(total)}`;
    const speed = `${rate >= 10 ? group(Math.round(rate)) : rate.toFixed(1)} ${this.#unit}/s`;
    const facts = [percent, count, ...values, speed, time].join('  ');
    if (!this.isTTY) return `${label}  ${facts}`;
    // Where room is short the count goes first, since the share says it too; then the bar.
    const short = [percent, ...values, speed, time].join('  ');
    const room = this.columns - 1;
    for (const text of [facts, short]) {
      const width = Math.min(BAR_WIDTH, room - label.length - text.length - 4);
      if (width >= LEAST_BAR_WIDTH) return `${label}  ${this.#bar(share, width)}  ${text}`;
    }
    return `${label}  ${short}`.slice(0, room);
  }

  #bar(share: number, width: number): string {
    const filled = Math.floor(share * width);
    const [full, empty] = this.#style === 'unicode' ? ['█', '░'] : ['#', '-'];
    return full.repeat(filled) + empty.repeat(width - filled);
  }
}

function supportsUnicode(): boolean {
  const { env, platform } = process;
  if (platform === 'win32') return env['WT_SESSION'] !== undefined || env['TERM_PROGRAM'] !== undefined;
  if (env['TERM'] === 'linux' || env['TERM'] === 'dumb') return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'];
  return locale === undefined || locale === '' || /utf-?8/i.test(locale);
}

function group(count: number): string {
  return count.toLocaleString('en-US');
}

/** `0:07`, `12:34`, `1:02:03`. */
function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${parts.join(':')}` : parts.join(':').replace(/^0/, '');
}
