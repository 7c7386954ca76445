import { parentPort } from 'node:worker_threads';
import type { ItkImage, ItkReply, ItkRequest } from './itk/protocol.js';

if (parentPort === null) throw new Error('This module is the body of a worker thread of @delira/io.');
const port = parentPort;

port.on('message', (request: ItkRequest) => {
  void answer(request).then((reply) => port.postMessage(reply));
});

async function answer(request: ItkRequest): Promise<ItkReply> {
  try {
    return { output: await perform(request) };
  } catch (error) {
    // Some of ITK's exceptions arrive as the number of an address in its memory.
    const failed = error instanceof Error ? error.message : '';
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
    return { failed, code };
  }
}

async function perform(request: ItkRequest) {
  switch (request.task) {
    case 'read':
      return sendable(await (await import('@itk-wasm/image-io')).readImageNode(request.input.path));
    case 'write':
      await (
        await import('@itk-wasm/image-io')
      ).writeImageNode(request.input.image, request.input.path, {
        useCompression: request.input.compress,
      });
      return null;
    case 'readTags': {
      const { readDicomTagsNode } = await import('@itk-wasm/dicom');
      return (await readDicomTagsNode(request.input.path, { tagsToRead: { tags: [...request.input.tags] } })).tags;
    }
    case 'readSeries': {
      const { readImageDicomFileSeriesNode } = await import('@itk-wasm/dicom');
      const { outputImage } = await readImageDicomFileSeriesNode({ inputImages: [...request.input.paths] });
      return sendable(outputImage as unknown as ItkImage);
    }
  }
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
