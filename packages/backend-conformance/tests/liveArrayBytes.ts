import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of all typed arrays in this process, once garbage is collected and its memory given back. */
export async function liveArrayBytes(): Promise<number> {
  for (let round = 0; round < 5; round++) {
    collect();
    await setImmediate();
  }
  return process.memoryUsage().arrayBuffers;
}
