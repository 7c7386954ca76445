import { ArgumentError, InputError, type NDArray, type Network, type StateStore, type TensorsOf } from '@delira/core';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exportNetwork, type ExportNetworkOptions } from '../export/exportNetwork.js';
import { descriptionPath } from '../description/descriptionPath.js';

export interface ExportedFiles {
  readonly model: string;
  readonly description: string;
}

async function replace(path: string, bytes: Uint8Array | string): Promise<void> {
  const written = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(written, bytes);
    await rename(written, path);
  } catch (cause) {
    await rm(written, { force: true }).catch(() => undefined);
    throw new InputError(
      `${path} could not be written: ${(cause as Error).message}. Check the folder's permissions and the disk.`,
      { cause },
    );
  }
}

/**
 * Writes a trained network as an `.onnx` file, and its description as JSON beside it: `unet.onnx` and `unet.json`. Any runtime reads the
 * first; `loadModel` of `@delira/backend-onnx-inference` takes both.
 *
 * @param state the network's variables: of a trainer (`await trainer.state()`), or of a checkpoint (`await loadWeights(path)`).
 * @param path ends in `.onnx`. Missing folders are created.
 * @returns the paths of both files.
 * @throws ArgumentError for a path that does not end in `.onnx`, and as `exportNetwork`; InputError when the file cannot be written.
 */
export async function exportOnnx<B extends TensorsOf<B>, P extends TensorsOf<P>>(
  network: Network<B, P>,
  state: StateStore | ReadonlyMap<string, NDArray>,
  path: string,
  options: ExportNetworkOptions = {},
): Promise<ExportedFiles> {
  if (!path.endsWith('.onnx')) throw new ArgumentError(`An exported model is a file called ….onnx, got "${path}".`);
  const variables = 'read' in state ? await state.read() : state;
  const { model, description } = exportNetwork(network, variables, options);
  const files = { model: path, description: descriptionPath(path) };
  await replace(files.model, model);
  await replace(files.description, `${JSON.stringify(description, null, 2)}\n`);
  return files;
}
