import { EngineError, MissingPackageError } from '@delira/core';
import type * as onnxruntime from 'onnxruntime-node';

/** The part of onnxruntime-node this package uses. */
export type Engine = Pick<typeof onnxruntime, 'InferenceSession' | 'listSupportedBackends' | 'Tensor'>;

/** True when the package itself is not there, not merely something it needs. */
function isMissing(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') &&
    /Cannot find (package|module) 'onnxruntime-node'/.test(String(message))
  );
}

/**
 * Loads the engine.
 *
 * @throws MissingPackageError when it is not installed, EngineError when it is there but cannot start.
 */
export async function loadEngine(): Promise<Engine> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    if (isMissing(error)) {
      throw new MissingPackageError(
        'The engine onnxruntime-node is not installed. For the CPU: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@~1.30 (without the variable it also fetches CUDA 12 files).',
        { cause: error },
      );
    }
    throw new EngineError(
      `onnxruntime-node is installed but does not start: ${(error as Error).message}. It needs a 64-bit Linux with glibc 2.28+, macOS 14+ or Windows 10+; reinstall it with ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@~1.30.`,
      { cause: error },
    );
  }
}
