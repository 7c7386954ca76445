// Ends in the way its argument names while the engine is in the middle of a run; the parent looks at the exit code.
import { createOnnxBackend } from '@delira/backend-onnx-training';
import { trace } from '@delira/core';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const SIZE = 1024;

async function startLongRun() {
  const backend = await createOnnxBackend({ flavour: 'portable' });
  const program = trace((recording) => {
    const start = recording.feed('data', { shape: [SIZE, SIZE], dtype: 'float32' });
    let value = start;
    for (let i = 0; i < 200; i++) value = value.matmul(start);
    return { sum: value.sum() };
  });
  const executable = await backend.compile(program);
  const state = await backend.createState(new Map());
  const batch = { data: { dtype: 'float32', shape: [SIZE, SIZE], data: new Float32Array(SIZE * SIZE) } };
  return executable.run(state, [{ batch }, { batch }]);
}

const later = (action) => setTimeout(action, 300);

if (isMainThread) {
  const how = process.argv[2];
  if (how === 'terminate') {
    const worker = new Worker(new URL(import.meta.url));
    worker.once('message', () => later(() => worker.terminate().then(() => process.stdout.write('terminated\n'))));
  } else {
    const running = startLongRun();
    running.then(
      () => process.stdout.write('finished\n'),
      () => process.stdout.write('failed\n'),
    );
    setTimeout(() => process.stdout.write('running\n'), 1000);
    if (how === 'exit') setTimeout(() => process.exit(7), 1300);
    if (how === 'throw')
      setTimeout(() => {
        throw new Error('on purpose');
      }, 1300);
    if (how === 'reject') setTimeout(() => void Promise.reject(new Error('on purpose')), 1300);
  }
} else {
  void startLongRun();
  setTimeout(() => parentPort.postMessage('running'), 1000);
}
