import type { EngineHost, EngineInfo, EngineOptions } from '../engine/EngineHost.js';

/** Requests that cross to the worker: the host's methods by name. */
export type Method = Exclude<keyof EngineHost, 'info'>;

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

/** An error in plain data: class instances do not survive structured cloning. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Reply =
  | { readonly id: 0; readonly ready: EngineInfo }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PlainError };

export interface WorkerData {
  readonly options: EngineOptions;
  /** [runs in flight, 1 when the process is about to end]: shared, since an exiting thread cannot exchange messages. */
  readonly flags: Int32Array;
}

export const FLAG = { running: 0, stop: 1 } as const;
