import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerSetup } from './workers/protocol.js';
import { serveBatches } from './workers/serveBatches.js';

if (parentPort === null) throw new Error('This module is the body of a worker thread of @delira/data-loading.');
await serveBatches(parentPort, workerData as WorkerSetup);
