import type { TextStream } from '../src/index.js';

/** Remembers what was written to it. */
export class FakeStream implements TextStream {
  text = '';

  constructor(
    readonly isTTY = false,
    readonly columns = 80,
  ) {}

  write(text: string): void {
    this.text += text;
  }

  /** Without the line break at the end. */
  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }

  /** The line a person sees on a terminal: what follows the last time the line was cleared. */
  get visible(): string {
    return this.text.slice(this.text.lastIndexOf('\u001b[K') + 3);
  }
}
