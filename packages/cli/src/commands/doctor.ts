import { findBackends, type KnownBackend, knownBackends } from '@delira/core/discover';
import { writeImage } from '@delira/io';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { backendFolders } from '../session/openBackend.js';
import type { Command } from './Command.js';
import { parseCommand } from './parseCommand.js';
import { probeBackend } from './probeBackend.js';

const NODE = '20.19, 22.12 or 24 and later';

const OPTIONAL: readonly KnownBackend[] = [
  { name: 'ITK image formats', package: '@itk-wasm/image-io', install: 'npm install @itk-wasm/image-io' },
  { name: 'DICOM series', package: '@itk-wasm/dicom', install: 'npm install @itk-wasm/dicom' },
];

export const doctor: Command = {
  summary: 'says what is installed and works, and what to install',
  help: `Says which engines, providers and optional packages are installed and work, and what to install for those that are not. Ends with 1 when
no engine can train.

  delira doctor
`,
  async run(args, { print }) {
    parseCommand(args, {}, { positionals: [], command: 'doctor' });
    const line = (name: string, text: string): void => print(`  ${name.padEnd(22)}${text}\n`);
    print('machine\n');
    line('node', `${process.versions.node}${isSupported() ? '' : `: ${NODE} is needed`}`);
    line('platform', `${process.platform}-${process.arch}`);
    line('cores', `${availableParallelism()} (${cpus()[0]?.model.trim() ?? 'unknown'})`);
    line('memory', `${gigabytes(memory())} GiB, ${gigabytes(freemem())} free`);

    print('engines\n');
    let trains = false;
    for (const backend of knownBackends) {
      const found = locate(backend);
      if (found === null) {
        line(backend.name, `not installed: ${backend.install}`);
        continue;
      }
      line(backend.name, `${backend.package} ${found.version}${engineOf(found)}`);
      const states = await probeBackend(backend.name, found.entry);
      for (const { name, works, text } of states)
        line(`  ${name}`, text.replaceAll('\n', ' ') || (works ? 'works' : ''));
      if (backend.training !== false && states.some(({ works }) => works)) trains = true;
    }

    print('files\n');
    line('images', await probeSharp());
    for (const each of OPTIONAL) {
      const found = locate(each);
      line(each.name, found === null ? `not installed: ${each.install}` : `${each.package} ${found.version}`);
    }
    if (trains) return 0;
    print(`No engine can train. Install one: ${knownBackends[0]!.install}\n`);
    return 1;
  },
};

interface Found {
  readonly version: string;
  readonly entry: string;
}

function locate(known: KnownBackend, folders = backendFolders()): Found | null {
  for (const from of folders) {
    const [found] = findBackends({ from, packages: [known] });
    if (found !== undefined) return found;
  }
  return null;
}

/** ONNX Runtime as the backend finds it; the engines of tfjs say their versions themselves. */
function engineOf({ entry }: Found): string {
  if (!entry.includes('backend-onnx')) return '';
  const found = locate({ name: 'engine', package: 'onnxruntime-node', install: '' }, [dirname(entry)]);
  return found === null ? ', without an engine' : `, onnxruntime-node ${found.version}`;
}

async function probeSharp(): Promise<string> {
  const found = locate({ name: 'images', package: 'sharp', install: '' });
  try {
    await writeImage({ dtype: 'uint8', shape: [1, 1], data: Uint8Array.of(0) }, { format: 'png' });
    return `works: sharp ${found?.version ?? ''}`;
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error);
  }
}

function isSupported(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
}

/** The container's limit, or the machine's. */
function memory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

function gigabytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
