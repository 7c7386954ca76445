import type { EngineHost, EngineOptions } from '../engine/EngineHost.js';

/** Requests that cross to the engine: the host's methods by name. */
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

/** The first one, with the id 0, says that the engine has started or why it has not. */
export type Reply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: PlainError };

export const STARTED = 0;

export interface WorkerData {
  readonly options: EngineOptions;
  /** [requests in native code, 1 when the process is about to end]: shared, since an exiting thread cannot exchange messages. */
  readonly flags: Int32Array;
}

export const FLAG = { running: 0, stop: 1 } as const;
