import { realpath } from 'node:fs/promises';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { type ItkPipeline, runPipeline } from './itk/runPipeline.js';
import type { ItkImage, ItkReply, ItkRequest } from './itk/protocol.js';

if (parentPort === null) throw new Error('This module is the body of a worker thread of @delira/io.');
const port = parentPort;

/** How much of what ITK prints is kept for the message of an error. */
const PRINTED = 2000;

let printed = '';
// ITK prints with the console, and what it says of a failure is nowhere else. Reading the thread's streams would keep the process alive.
const keep = (...parts: readonly unknown[]): void => void (printed = `${printed}${parts.join(' ')}\n`.slice(-PRINTED));
Object.assign(console, { log: keep, info: keep, warn: keep, error: keep });

port.on('message', (request: ItkRequest) => {
  void answer(request).then((reply) => port.postMessage(reply));
});

async function answer(request: ItkRequest): Promise<ItkReply> {
  printed = '';
  try {
    return { output: await perform(request) };
  } catch (error) {
    // Some of ITK's exceptions arrive as the number of an address in its memory.
    const failed = error instanceof Error ? error.message : '';
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
    return { failed, code, printed };
  }
}

async function perform(request: ItkRequest) {
  switch (request.task) {
    case 'read': {
      const path = resolve(request.input.path);
      const [couldRead, image] = await runPipeline(readerOf(path), [path, '0', '1', '--memory-io'], {
        outputs: ['JsonCompatible', 'Image'],
        folders: await foldersOf([path]),
        maximumBytes: request.input.maximumBytes,
      });
      if (couldRead !== true) throw new Error();
      return sendable(image as ItkImage);
    }
    case 'write':
      await (
        await import('@itk-wasm/image-io')
      ).writeImageNode(request.input.image, request.input.path, {
        useCompression: request.input.compress,
      });
      return null;
    case 'readTags': {
      const path = resolve(request.input.path);
      const [tags] = await runPipeline(
        { from: '@itk-wasm/dicom', name: 'read-dicom-tags' },
        [path, '0', '--memory-io', '--tags-to-read', '0'],
        {
          outputs: ['JsonCompatible'],
          inputs: [{ type: 'JsonCompatible', data: { tags: request.input.tags } }],
          folders: await foldersOf([path]),
          maximumBytes: request.input.maximumBytes,
        },
      );
      return tags as readonly (readonly [string, string])[];
    }
    case 'readSeries': {
      const paths = request.input.paths.map((path) => resolve(path));
      const [image] = await runPipeline(
        { from: '@itk-wasm/dicom', name: 'read-image-dicom-file-series' },
        ['0', '1', '--memory-io', '--input-images', ...paths],
        {
          outputs: ['Image', 'JsonCompatible'],
          folders: await foldersOf(paths),
          maximumBytes: request.input.maximumBytes,
        },
      );
      return sendable(image as ItkImage);
    }
  }
}

function readerOf(path: string): ItkPipeline {
  const ending = extname(path).toLowerCase();
  const name = ending === '.dcm' ? 'gdcm' : ending === '.mha' || ending === '.mhd' ? 'meta' : 'nrrd';
  return { from: '@itk-wasm/image-io', name: `${name}-read-image` };
}

/** Of the files, and of those that they are links to; none that lies in another. */
async function foldersOf(paths: readonly string[]): Promise<readonly string[]> {
  const folders = new Set<string>();
  for (const path of paths) folders.add(dirname(path)).add(dirname(await realpath(path)));
  return [...folders].filter((inner) => ![...folders].some((outer) => inner.startsWith(join(outer, sep))));
}

/** Plain data: instances of classes lose their methods on the way, so nothing may depend on them. */
function sendable({ imageType, name, origin, spacing, direction, size, metadata, data }: ItkImage): ItkImage {
  const { dimension, componentType, pixelType, components } = imageType;
  return {
    imageType: { dimension, componentType, pixelType, components },
    name,
    origin: [...origin],
    spacing: [...spacing],
    direction: Array.from(direction),
    size: [...size],
    metadata: new Map([...metadata].filter(([, value]) => typeof value === 'string')),
    data,
  };
}
