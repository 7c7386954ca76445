// Ends in the way its arguments name while the engine starts, compiles or runs; exit.test.ts looks at how the process ends.
// node endDuring.mjs <main | worker: which thread asks for the backend> <how> <phase> <milliseconds after the phase has begun>
import { createOnnxBackend } from '@delira/backend-onnx-training';
import { trace } from '@delira/core';
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const [host, how, phase, delay] = isMainThread ? process.argv.slice(2) : workerData;

const SIZE = 512;
const data = { dtype: 'float32', shape: [SIZE, SIZE], data: new Float32Array(SIZE * SIZE) };

function products(count) {
  return trace((recording) => {
    const start = recording.feed('data', data);
    let value = start;
    for (let i = 0; i < count; i++) value = value.matmul(start).add(i);
    return { sum: value.sum() };
  });
}

/** Resolves when the phase is over, which the process should not live to see. */
async function work(begun) {
  if (phase === 'start') begun(null);
  const backend = await createOnnxBackend({ flavour: phase === 'start' ? 'tuned' : 'portable', threads: 1 });
  if (phase === 'start') return;
  const { processId } = backend.info;
  const program = products(phase === 'compile' ? 1000 : 100);
  if (phase === 'compile') begun(processId);
  const executable = await backend.compile(program);
  if (phase === 'compile') return;
  const state = await backend.createState(new Map());
  begun(processId);
  await executable.run(state, new Array(2).fill({ batch: { data } }));
}

const say = (word) => process.stdout.write(`${word}\n`);

/** Whether a process is gone, or waits only for the system's first process to collect it. */
function hasEnded(id) {
  try {
    process.kill(id, 0);
  } catch {
    return true;
  }
  if (process.platform !== 'linux') return false;
  const [state, parent] = readFileSync(`/proc/${id}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return state === 'Z' && Number(parent) !== process.pid;
}

function sayWhenEnded(id) {
  if (hasEnded(id)) return say('engine gone');
  setTimeout(() => sayWhenEnded(id), 50);
}

const endings = {
  exit: () => process.exit(7),
  throw: () => {
    throw new Error('on purpose');
  },
  reject: () => void Promise.reject(new Error('on purpose')),
  interrupt: () => process.kill(process.pid, 'SIGINT'),
  kill: () => process.kill(process.pid, 'SIGKILL'),
};

if (!isMainThread) {
  const begun = (engine) => {
    parentPort.postMessage(engine);
    if (how === 'throw-in-worker') setTimeout(endings.throw, Number(delay));
  };
  await work(begun);
  parentPort.postMessage('finished');
} else if (host === 'worker') {
  const worker = new Worker(new URL(import.meta.url), { workerData: [host, how, phase, delay] });
  let engine = null;
  const ended = () => {
    say('worker ended');
    if (engine !== null) sayWhenEnded(engine);
  };
  worker.on('error', () => undefined);
  worker.on('exit', ended);
  worker.on('message', (message) => {
    if (message === 'finished') return say('finished');
    engine = message;
    const end = how === 'terminate' ? () => void worker.terminate() : endings[how];
    if (end !== undefined) setTimeout(end, Number(delay));
  });
} else {
  await work(() => setTimeout(endings[how] ?? (() => undefined), Number(delay)));
  say('finished');
}
