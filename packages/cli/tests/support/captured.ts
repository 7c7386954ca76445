import { runCommandLine } from '../../src/index.js';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Runs a command line in this process. */
export async function captured(...args: readonly string[]): Promise<Ended> {
  let [out, errors] = ['', ''];
  const code = await runCommandLine(args, {
    print: (text) => void (out += text),
    stream: { write: (text: string) => void (errors += text) },
  });
  return { code, out, errors };
}
