import type { TextStream } from '@delira/logging';

/** Where a command writes. */
export interface Output {
  /** Results. */
  readonly print: (text: string) => void;
  /** Progress and messages. */
  readonly stream: TextStream;
}

export interface Command {
  /** One line. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** @returns the code that the process ends with. */
  readonly run: (args: readonly string[], output: Output) => Promise<number>;
}
