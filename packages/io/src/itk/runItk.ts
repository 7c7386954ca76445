import { Worker } from 'node:worker_threads';
import { MissingPackageError } from '@delira/core';
import { FormatError } from '../errors.js';
import type { ItkReply, ItkRequest, ItkTask, ItkTasks } from './protocol.js';

/** Milliseconds after which a file is given up: ITK reads a gigabyte in less. */
const TIMEOUT = 120_000;
/** How much of what ITK prints is kept for the message of an error. */
const PRINTED = 2000;

interface Service {
  readonly worker: Worker;
  printed: string;
}

let service: Service | null = null;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs one of ITK's readers or writers in a worker thread, one after the other: ITK prints to the console, and a file may make it stop answering.
 * The thread is started at the first call and does not keep the process alive.
 *
 * @throws MissingPackageError when the package is not installed.
 * @throws FormatError when ITK fails, gives up or takes more than two minutes.
 */
export function runItk<T extends ItkTask>(task: T, input: ItkTasks[T]['input']): Promise<ItkTasks[T]['output']> {
  const result = queue.then(() => ask({ task, input } as ItkRequest));
  queue = result.catch(() => undefined);
  return result;
}

async function ask(request: ItkRequest): Promise<ItkTasks[ItkTask]['output']> {
  const current = (service ??= start());
  const { worker } = current;
  current.printed = '';
  worker.ref();
  const reply = await new Promise<ItkReply>((resolve) => {
    const timer = setTimeout(() => {
      stop(current);
      resolve({ failed: `it did not end within ${TIMEOUT / 1000} s`, code: null });
    }, TIMEOUT);
    const settle = (answer: ItkReply): void => {
      clearTimeout(timer);
      worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
      resolve(answer);
    };
    worker.on('message', settle);
    worker.on('error', (error) => {
      stop(current);
      settle({ failed: error.message, code: null });
    });
    worker.on('exit', (code) => {
      stop(current);
      settle({ failed: `it ended with exit code ${code}`, code: null });
    });
    worker.postMessage(request);
  });
  worker.unref();
  if ('output' in reply) return reply.output;
  const name = request.task === 'read' || request.task === 'write' ? '@itk-wasm/image-io' : '@itk-wasm/dicom';
  if (reply.code === 'ERR_MODULE_NOT_FOUND')
    throw new MissingPackageError(`This format takes the package ${name}, which is not installed: npm install ${name}`);
  // What ITK prints arrives on another way, a moment later.
  await new Promise((resolve) => setTimeout(resolve, 5));
  throw new FormatError(
    `ITK cannot ${request.task === 'write' ? 'write' : 'read'} it (${explain(reply.failed, current.printed)}).`,
  );
}

function start(): Service {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    name: 'delira-itk',
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  const started: Service = { worker, printed: '' };
  const keep = (text: Buffer): void => {
    started.printed = (started.printed + text.toString('utf8')).slice(-PRINTED);
  };
  worker.stdout.on('data', keep);
  worker.stderr.on('data', keep);
  return started;
}

function stop(stopped: Service): void {
  if (service === stopped) service = null;
  void stopped.worker.terminate();
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
