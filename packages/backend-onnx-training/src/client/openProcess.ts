import { EngineError } from '@delira/core';
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EngineOptions } from '../engine/EngineHost.js';
import type { Reply } from './protocol.js';
import { RemoteEngine } from './RemoteEngine.js';

const SHELL = '/bin/sh';

function start(): ChildProcess {
  const command = [process.execPath, fileURLToPath(new URL('./process.js', import.meta.url))] as const;
  // Standard output is the application's. `advanced` carries typed arrays and maps.
  const options: SpawnOptions = { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' };
  if (process.platform === 'win32' || !existsSync(SHELL)) {
    return spawn(command[0], command.slice(1), { ...options, windowsHide: true });
  }
  // The shell passes the channel on and ends at once, so that the engine is a child of the system's first process. A worker that is
  // terminated could not collect it, and it would stay in the process table until the application ends.
  return spawn(SHELL, ['-c', '"$@" &', SHELL, ...command], options);
}

/**
 * The engine in a process of its own: this one may end at any time and in any way. The other one ends when the channel closes, after
 * the request in flight.
 */
export function openProcess(engineOptions: EngineOptions): Promise<RemoteEngine> {
  const child = start();
  const engine = RemoteEngine.open({
    send: (request) => void child.send(request),
    listen: (onReply, onEnd) => {
      child.on('message', (reply) => onReply(reply as Reply));
      child.on('error', (error) =>
        onEnd(new EngineError(`The engine's process cannot be reached: ${error.message}.`, { cause: error })),
      );
      child.on('disconnect', () =>
        onEnd(
          new EngineError(
            "The engine's process ended: it was killed, perhaps for lack of memory, or it crashed. Create a new backend.",
          ),
        ),
      );
    },
    ref: () => child.channel?.ref(),
    unref: () => child.channel?.unref(),
  });
  child.unref();
  child.send(engineOptions);
  return engine;
}
