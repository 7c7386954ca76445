import { formatNamed } from './fuzz/formats/index.js';
import type { FuzzReply } from './fuzz/protocol.js';
import { inputOf, readInput } from './fuzz/readDamaged.js';

/** How many damaged inputs are read between two looks at whether intact ones still are. */
const LOOK_EVERY = 500;

const [name, seed, first, count, folder] = process.argv.slice(2) as [string, string, string, string, string];
const format = formatNamed(name);
const intact = await format.intact(folder);
const end = Number(first) + Number(count);
const reply = (message: FuzzReply): void => void process.send!(message);

async function readIntact(): Promise<string | null> {
  for (const [position, bytes] of intact.entries()) {
    const { kind, message } = await readInput(format, bytes, folder);
    if (kind !== 'value') return `the intact input ${position} is not read any more: ${message}`;
  }
  return null;
}

const wrong = await readIntact();
if (wrong !== null) throw new Error(wrong);
reply({ started: true });
for (let index = Number(first); index < end; index++) {
  const bytes = inputOf(format, intact, Number(seed), index);
  const begin = performance.now();
  let { kind, message } = await readInput(format, bytes, folder);
  const milliseconds = performance.now() - begin;
  if (kind !== 'failed' && ((index + 1) % LOOK_EVERY === 0 || index + 1 === end)) {
    const after = await readIntact();
    if (after !== null) [kind, message] = ['failed', after];
  }
  reply({ index, kind, message, milliseconds, peakBytes: process.resourceUsage().maxRSS * 1024 });
}
