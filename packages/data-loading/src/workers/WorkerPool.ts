import { Worker } from 'node:worker_threads';
import { DisposedError, InputError, type Sample } from '@delira/core';
import { type BatchReply, type BatchRequest, claim, createClaim, type WorkerSetup } from './protocol.js';

export interface WorkerPoolOptions extends WorkerSetup {
  readonly workers: number;
  /** Milliseconds after which a worker that is still busy with one batch is given up. */
  readonly timeout: number;
}

interface Job {
  readonly id: number;
  readonly request: Omit<BatchRequest, 'id' | 'claim'>;
  /** Of the worker that it was sent to. */
  readonly claim: Int32Array;
  readonly resolve: (sample: Sample) => void;
  readonly reject: (error: Error) => void;
  attempts: number;
}

interface Slot {
  worker: Worker | null;
  /** Whether it has built its pipeline: before, it is not watched, because that takes what it takes. */
  ready: boolean;
  /** In the order in which the worker answers. */
  readonly jobs: Map<number, Job>;
  timer: NodeJS.Timeout | null;
}

/** How often a batch is tried before its death of workers is reported. */
const ATTEMPTS = 2;

/**
 * Worker threads that make batches. Each starts when it is first needed, and lives until the pool is disposed; none keeps the process
 * alive while it is idle. Batches are sent ahead, so that no worker waits for this thread; one that has nothing left to do is given what waits in
 * another, since batches take unequal times. A worker that dies is replaced, and the batch that it was working on is tried once more.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #slots: readonly Slot[];
  #nextId = 0;
  #disposed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.workers }, () => ({
      worker: null,
      ready: false,
      jobs: new Map(),
      timer: null,
    }));
  }

  /**
   * @throws InputError as the pipeline does, or when the batch ends its worker twice.
   * @throws DisposedError when the pool is disposed of before the batch is there.
   */
  load(request: Omit<BatchRequest, 'id' | 'claim'>): Promise<Sample> {
    if (this.#disposed) return Promise.reject(disposed());
    return new Promise((resolve, reject) => {
      const slot = this.#slots.reduce((least, each) => (each.jobs.size < least.jobs.size ? each : least));
      this.#submit(slot, { request, id: this.#nextId++, resolve, reject, attempts: 0 });
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all(
      this.#slots.map(async (slot) => {
        const { worker, jobs } = slot;
        slot.worker = null;
        clearTimeout(slot.timer ?? undefined);
        for (const job of jobs.values()) job.reject(disposed());
        jobs.clear();
        await worker?.terminate();
      }),
    );
  }

  #submit(slot: Slot, waiting: Omit<Job, 'claim'>): void {
    const worker = (slot.worker ??= this.#start(slot));
    const job: Job = { ...waiting, claim: createClaim() };
    const request: BatchRequest = { ...job.request, id: job.id, claim: job.claim };
    slot.jobs.set(job.id, job);
    worker.ref();
    worker.postMessage(request);
    if (slot.jobs.size === 1) this.#watch(slot);
  }

  #start(slot: Slot): Worker {
    const { source, seed } = this.#options;
    const workerData: WorkerSetup = { source, seed };
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData,
      name: 'delira-data',
      execArgv: [],
    });
    worker.on('message', (reply: BatchReply) => this.#settle(slot, reply));
    let reason = 'it ended by itself';
    worker.on('error', (error) => (reason = error.message));
    worker.on('exit', (code) => this.#replace(slot, worker, `${reason} (exit code ${code})`));
    return worker;
  }

  #settle(slot: Slot, reply: BatchReply): void {
    if (reply.id === null) {
      slot.ready = true;
      this.#watch(slot);
      return;
    }
    const job = slot.jobs.get(reply.id);
    if (job === undefined) return;
    slot.jobs.delete(reply.id);
    if (slot.jobs.size === 0) this.#takeOver(slot);
    this.#watch(slot);
    if ('sample' in reply) job.resolve(reply.sample);
    else job.reject(new InputError(reply.message, { cause: workerError(reply) }));
  }

  /** The first batch that waits in the worker with most of them. */
  #takeOver(slot: Slot): void {
    const busiest = this.#slots.reduce((most, each) => (each.jobs.size > most.jobs.size ? each : most));
    if (busiest.jobs.size < 2) return;
    for (const job of busiest.jobs.values()) {
      if (!claim(job)) continue;
      busiest.jobs.delete(job.id);
      this.#submit(slot, job);
      return;
    }
  }

  /** Watches over the batch the worker is busy with now. */
  #watch(slot: Slot): void {
    clearTimeout(slot.timer ?? undefined);
    slot.timer = null;
    if (slot.jobs.size === 0) {
      slot.worker?.unref();
      return;
    }
    if (!slot.ready) return;
    const { timeout } = this.#options;
    const { worker } = slot;
    slot.timer = setTimeout(() => {
      this.#replace(slot, worker, `it did not answer within ${timeout / 1000} s`);
      void worker?.terminate();
    }, timeout);
  }

  /** The first batch that was not answered is the one that the worker died of: the others were only waiting. */
  #replace(slot: Slot, worker: Worker | null, reason: string): void {
    if (slot.worker !== worker || worker === null) return;
    slot.worker = null;
    slot.ready = false;
    clearTimeout(slot.timer ?? undefined);
    const jobs = [...slot.jobs.values()];
    slot.jobs.clear();
    const [first] = jobs;
    if (first !== undefined) first.attempts++;
    for (const job of jobs) {
      if (job.attempts < ATTEMPTS) this.#submit(slot, job);
      else
        job.reject(
          new InputError(
            `Workers died ${ATTEMPTS} times over the batch of samples ${job.request.draws.map(({ index }) => index).join(', ')}: ${reason}. Load these samples without workers to see why.`,
          ),
        );
    }
  }
}

function workerError({ message, stack }: { readonly message: string; readonly stack: string }): Error {
  return Object.assign(new Error(message), { stack });
}

function disposed(): DisposedError {
  return new DisposedError('The data loader');
}
