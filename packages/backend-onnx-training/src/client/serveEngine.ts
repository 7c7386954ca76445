import { EngineHost, type EngineOptions } from '../engine/EngineHost.js';
import { toPlainError } from './plainError.js';
import { type Reply, type Request, STARTED } from './protocol.js';

/** The engine's end of a channel. */
export interface EngineSide {
  reply(reply: Reply): void;
  listen(onRequest: (request: Request) => void): void;
  /** Called once, after the last reply. */
  close(): void;
  /** Around everything that may be in native code. */
  guard<R>(task: () => Promise<R>): Promise<R>;
}

/** Starts the engine and answers requests until it is disposed. */
export async function serveEngine(options: EngineOptions, side: EngineSide): Promise<void> {
  const answer = async (host: EngineHost, { id, method, args }: Request): Promise<void> => {
    try {
      const call = host[method] as (...args: readonly unknown[]) => Promise<unknown>;
      side.reply({ id, value: await side.guard(() => call.apply(host, [...args])) });
    } catch (error) {
      side.reply({ id, error: toPlainError(error) });
    }
    if (method === 'dispose') side.close();
  };
  try {
    const host = await side.guard(() => EngineHost.create(options));
    side.listen((request) => void answer(host, request));
    side.reply({ id: STARTED, value: host.info });
  } catch (error) {
    side.reply({ id: STARTED, error: toPlainError(error) });
    side.close();
  }
}
