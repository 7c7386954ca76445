import type { DeliraError } from '@delira/core';

interface Gpu {
  requestAdapter(): Promise<unknown>;
}

interface GpuPackage {
  create(options: readonly string[]): Gpu;
  readonly globals: object;
}

/**
 * Sees that `navigator.gpu` is there before the engine looks for it: Node has none, the package `webgpu` does.
 *
 * @throws whatever `load` throws, and `broken(reason)` where there is no GPU.
 */
export async function provideGpu(
  load: (packageName: string) => Promise<object>,
  broken: (reason: string) => DeliraError,
): Promise<void> {
  const scope = globalThis as { navigator?: { gpu?: Gpu } };
  if (scope.navigator?.gpu === undefined) {
    const { create, globals } = (await load('webgpu')) as GpuPackage;
    Object.assign(globalThis, globals);
    if (scope.navigator === undefined)
      Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true });
    Object.defineProperty(scope.navigator, 'gpu', { value: create([]), configurable: true });
  }
  const adapter = await scope.navigator!.gpu!.requestAdapter();
  if (adapter === null || adapter === undefined) throw broken('WebGPU finds no adapter');
}
