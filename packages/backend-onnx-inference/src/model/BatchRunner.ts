import type { Sample } from '@delira/core';
import type { Session } from '../engine/Engine.js';
import type { EngineInfo, Runtime } from '../engine/Runtime.js';

/** What predicts the batches of a model: the session of a file, or Programs compiled for each size of batch. */
export interface BatchRunner {
  readonly info: EngineInfo;
  /** One batch, after those asked for before. */
  run(batch: Sample): Promise<Sample>;
  /** When the calls made before are done. */
  dispose(): Promise<void>;
}

/** A session that takes batches of any size. @param what names the model in messages. */
export function sessionRunner(runtime: Runtime, session: Session, what: string, info: EngineInfo): BatchRunner {
  return {
    info,
    run: (batch) => runtime.queue.add(() => runtime.run(session, what, batch, {})),
    dispose: () => runtime.queue.add(() => session.release()),
  };
}
