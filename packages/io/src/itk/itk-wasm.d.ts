// The package names a file of types that it does not contain.
declare module '@itk-wasm/image-io' {
  import type { ItkImage } from './protocol.js';

  export function writeImageNode(image: ItkImage, path: string, options: { useCompression: boolean }): Promise<void>;
}
