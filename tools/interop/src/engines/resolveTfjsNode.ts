import { createRequire, type ResolveHook } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A hook of Node's module loader: `@tensorflow/tfjs-node` lies in the folder that DELIRA_TFJS_NODE names. */
export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  const folder = process.env['DELIRA_TFJS_NODE'];
  if (specifier !== '@tensorflow/tfjs-node' || folder === undefined) return nextResolve(specifier, context);
  const path = createRequire(join(folder, 'package.json')).resolve(specifier);
  return { url: pathToFileURL(path).href, format: 'commonjs', shortCircuit: true };
};
