import { Worker } from 'node:worker_threads';
import { MissingPackageError } from '@delira/core';
import { FormatError } from '../errors.js';
import type { ItkReply, ItkRequest, ItkTask, ItkTasks } from './protocol.js';

/** Milliseconds after which a file is given up, and how many more for each byte: ITK reads several times as fast. */
const TIMEOUT = 15_000;
const TIMEOUT_PER_BYTE = 1e-4;

let service: Worker | null = null;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs one of ITK's readers or writers in a worker thread, one after the other: ITK prints to the console, and a file may make it stop answering.
 * The thread is started at the first call and does not keep the process alive.
 *
 * @param bytes how much there is to read or write: the more, the longer it may take.
 * @throws MissingPackageError when the package is not installed.
 * @throws FormatError when ITK fails, gives up or takes too long.
 */
export function runItk<T extends ItkTask>(
  task: T,
  input: ItkTasks[T]['input'],
  bytes: number,
): Promise<ItkTasks[T]['output']> {
  const timeout = TIMEOUT + TIMEOUT_PER_BYTE * bytes;
  const result = queue.then(() => ask({ task, input } as ItkRequest, timeout));
  queue = result.catch(() => undefined);
  return result;
}

async function ask(request: ItkRequest, timeout: number): Promise<ItkTasks[ItkTask]['output']> {
  const worker = (service ??= start());
  worker.ref();
  const reply = await new Promise<ItkReply>((resolve) => {
    const timer = setTimeout(() => {
      stop(worker);
      resolve({ failed: `it did not end within ${Math.ceil(timeout / 1000)} s`, code: null, printed: '' });
    }, timeout);
    const settle = (answer: ItkReply): void => {
      clearTimeout(timer);
      worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
      resolve(answer);
    };
    worker.on('message', settle);
    worker.on('error', (error) => {
      stop(worker);
      settle({ failed: error.message, code: null, printed: '' });
    });
    worker.on('exit', (code) => {
      stop(worker);
      settle({ failed: `it ended with exit code ${code}`, code: null, printed: '' });
    });
    worker.postMessage(request);
  });
  worker.unref();
  if ('output' in reply) return reply.output;
  const name = request.task === 'read' || request.task === 'write' ? '@itk-wasm/image-io' : '@itk-wasm/dicom';
  if (reply.code === 'ERR_MODULE_NOT_FOUND')
    throw new MissingPackageError(`This format takes the package ${name}, which is not installed: npm install ${name}`);
  throw new FormatError(
    `ITK cannot ${request.task === 'write' ? 'write' : 'read'} it (${explain(reply.failed, reply.printed)}).`,
  );
}

function start(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url), {
    name: 'delira-itk',
    execArgv: [],
    stdout: true,
    stderr: true,
  });
}

function stop(stopped: Worker): void {
  if (service === stopped) service = null;
  void stopped.terminate();
}

/** The lines that say something. */
function explain(failed: string, printed: string): string {
  const lines = printed
    .split('\n')
    .map((line) => line.replace(/^std(out|err):/, '').trim())
    .filter((line) => line !== '' && !/Exception while running|Build module in Debug|^WARNING|^\d+$/.test(line));
  const said = [...new Set([failed, ...lines])].filter((line) => line !== '').join(' ');
  return said === '' ? 'it is truncated, damaged or of another format' : said;
}
