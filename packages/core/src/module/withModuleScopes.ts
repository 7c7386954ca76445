import { currentTrace } from '../tensor/index.js';
import type { Module } from './Module.js';
import { namedModules } from './namedVariables.js';

type Callable = (this: Module, ...args: unknown[]) => unknown;

/**
 * While `body` runs, each module's `forward` records its path in the trace, so that nodes and errors name the module. An own property
 * shadows the method for that time only.
 */
export function withModuleScopes<R>(root: Module, body: () => R): R {
  const shadowed: Module[] = [];
  for (const [path, module] of namedModules(root)) {
    const forward = (module as Module & { forward?: unknown }).forward;
    if (path === '' || typeof forward !== 'function' || Object.hasOwn(module, 'forward')) continue;
    Object.defineProperty(module, 'forward', {
      configurable: true,
      enumerable: false,
      value(...args: unknown[]): unknown {
        return currentTrace().inScope(path, () => (forward as Callable).apply(module, args));
      },
    });
    shadowed.push(module);
  }
  try {
    return body();
  } finally {
    for (const module of shadowed) delete (module as Module & { forward?: unknown }).forward;
  }
}
