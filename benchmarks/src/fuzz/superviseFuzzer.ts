import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FuzzReply } from './protocol.js';

const script = fileURLToPath(new URL('./fuzzer.js', import.meta.url));

/** After so many failures of a format, more say nothing new. */
const MOST_FAILURES = 20;
/** Milliseconds until the process has to be ready: it loads engines, and reads the intact inputs. */
const START = 120_000;

export interface FuzzLimits {
  /** For one input. */
  readonly milliseconds: number;
  /** Of the resident set of the whole process. */
  readonly bytes: number;
}

export interface FuzzTask {
  readonly format: string;
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  /** One that the process may write into. */
  readonly folder: string;
  readonly limits: FuzzLimits;
}

export interface Failure {
  readonly index: number;
  readonly message: string;
}

export interface FuzzTally {
  readonly values: number;
  readonly errors: number;
  readonly failures: readonly Failure[];
  readonly slowestMilliseconds: number;
  readonly peakBytes: number;
}

/**
 * Reads the damaged inputs of a format in a process of its own, which is replaced when it ends, takes too long or takes too much memory: that
 * is the failure of the input it was reading.
 *
 * @throws Error when the process cannot start, or intact inputs are not read.
 */
export async function superviseFuzzer(task: FuzzTask, progress: (done: number) => void): Promise<FuzzTally> {
  const end = task.first + task.count;
  const failures: Failure[] = [];
  let [values, errors, slowestMilliseconds, peakBytes, next] = [0, 0, 0, 0, task.first];
  while (next < end && failures.length < MOST_FAILURES) {
    const stopped = await readInputs({ ...task, first: next, count: end - next }, (reply) => {
      next = reply.index + 1;
      slowestMilliseconds = Math.max(slowestMilliseconds, reply.milliseconds);
      peakBytes = Math.max(peakBytes, reply.peakBytes);
      if (reply.kind === 'value') values++;
      else if (reply.kind === 'error') errors++;
      else failures.push({ index: reply.index, message: reply.message });
      progress(next - task.first);
      return failures.length < MOST_FAILURES;
    });
    if (stopped !== null) failures.push({ index: next++, message: stopped });
  }
  return { values, errors, failures, slowestMilliseconds, peakBytes };
}

type CaseReply = Exclude<FuzzReply, { readonly started: true }>;

/** @returns why the process stopped before the end, or `null`. */
function readInputs(
  { format, seed, first, count, folder, limits }: FuzzTask,
  onReply: (reply: CaseReply) => boolean,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(script, [format, seed, first, count, folder].map(String), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let printed = '';
    const keep = (text: Buffer): void => void (printed = (printed + text.toString()).slice(-2000));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    let [started, done, why] = [false, 0, null as string | null];
    const stop = (reason: string | null): void => {
      why = reason;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(() => stop('it does not start'), START);
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => stop(`not read within ${limits.milliseconds / 1000} s`), limits.milliseconds);
    };
    child.on('message', (reply: FuzzReply) => {
      if (why !== null) return;
      watch();
      if ('started' in reply) {
        started = true;
        return;
      }
      done++;
      const tooLarge = reply.peakBytes > limits.bytes;
      const message = `it took ${Math.round(reply.peakBytes / 2 ** 20)} MiB, the limit is ${Math.round(limits.bytes / 2 ** 20)} MiB`;
      const goOn = onReply(tooLarge ? { ...reply, kind: 'failed', message } : reply);
      if (tooLarge || !goOn) done = count;
      if (done === count) stop(null);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (!started) reject(new Error(`The process that reads ${format} did not start: ${why ?? ''}${printed}`));
      else if (why !== null) resolve(why);
      else if (done < count) resolve(`the process ended (${signal ?? `code ${code}`}): ${printed}`);
      else resolve(null);
    });
  });
}
