import type { Options } from 'tsup';

/** What a package adds to the common build. */
export interface PresetOptions {
  /** Output name → source file. Default: `{ index: 'src/index.ts' }`. */
  readonly entry?: Readonly<Record<string, string>>;
  /** Like `entry`, but without type declarations: worker threads and programs. */
  readonly untyped?: Readonly<Record<string, string>>;
}

/** The one build of every package: ESM and declarations, every dependency left external. */
export function preset(options: PresetOptions = {}): Options {
  const typed = { ...(options.entry ?? { index: 'src/index.ts' }) };
  return {
    entry: { ...typed, ...options.untyped },
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    removeNodeProtocol: false,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: false,
    dts:
      Object.keys(typed).length === 0
        ? false
        : {
            entry: typed,
            // Declarations are built against the declarations of the dependencies, as a consumer sees them, so nothing
            // of another package is copied in. TypeScript 6 calls an option that tsup sets deprecated.
            compilerOptions: { customConditions: [], ignoreDeprecations: '6.0' },
          },
  };
}
