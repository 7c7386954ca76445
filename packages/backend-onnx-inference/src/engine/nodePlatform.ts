import { InputError, NotFoundError } from '@delira/core';
import { readFile, stat } from 'node:fs/promises';
import { adaptEngine } from './adaptEngine.js';
import type { Engine, Platform } from './Engine.js';
import { importEngine } from './importEngine.js';
import { Queue } from './Queue.js';

const INSTALL =
  'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@~1.30 (without the variable it also fetches CUDA 12 files)';

/** Node with onnxruntime-node, and models in files. */
export const nodePlatform: Platform = {
  async loadEngine(): Promise<Engine> {
    const engine = await importEngine('onnxruntime-node', INSTALL, () => import('onnxruntime-node'));
    return {
      name: 'onnxruntime-node',
      ...adaptEngine(engine),
      providers: engine.listSupportedBackends().map(({ name }) => name),
      queue: new Queue(),
      remedy: 'install a build of it that has it',
    };
  },
  async readBytes(path, limit) {
    try {
      const { size } = await stat(path);
      if (size > limit)
        throw new InputError(`${path} has ${size} bytes; at most ${limit} are read. Is it the file that was exported?`);
      return await readFile(path);
    } catch (cause) {
      const { code, message } = cause as { code?: unknown; message: string };
      if (cause instanceof InputError) throw cause;
      if (code === 'ENOENT')
        throw new NotFoundError(
          `There is no file ${path}. exportOnnx of @delira/onnx/node writes a model.onnx and a model.json beside it; keep both together.`,
          { cause },
        );
      throw new InputError(`${path} could not be read: ${message}. Check its permissions.`, { cause });
    }
  },
};
