import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A WebAssembly program of one of ITK's packages, by the name of its file. */
export interface ItkPipeline {
  readonly from: '@itk-wasm/image-io' | '@itk-wasm/dicom';
  readonly name: string;
}

/** A file that a program is given, or that it gives: of JSON, or an image. */
export interface ItkValue {
  readonly type: 'JsonCompatible' | 'Image';
  readonly data?: unknown;
}

interface Instance {
  readonly HEAPU8: Uint8Array;
  mountDir(folder: string): void;
  unmountDir(folder: string): void;
}

type RunInstance = (
  instance: Instance,
  parameters: readonly string[],
  outputs: readonly ItkValue[],
  inputs: readonly ItkValue[],
) => { readonly returnValue: number; readonly stderr: string; readonly outputs: readonly ItkValue[] };

/** As much of WebAssembly as is used here: TypeScript has its types among those of browsers. */
interface WebAssemblyInstance {
  readonly exports: object;
}
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    compile(bytes: Uint8Array): Promise<object>;
    readonly Instance: new (compiled: object, imports: object) => WebAssemblyInstance;
  };
};

type CreateInstance = (options: {
  readonly instantiateWasm: (imports: object, receive: (instance: WebAssemblyInstance) => void) => object;
}) => Promise<Instance>;

interface Loaded {
  readonly create: () => Promise<Instance>;
  readonly run: RunInstance;
  /** One that has served before, and may again. */
  idle: Instance | null;
}

/** WebAssembly's memory never shrinks: what a large file has left is given back with the instance. */
const LARGEST_IDLE = 2 ** 28;

const pipelines = new Map<string, Promise<Loaded>>();

/**
 * Runs one of ITK's programs. The packages' own functions decompress, compile and start it anew for every file, which takes ten times as long
 * as reading a small one: here it is compiled once, and goes on with the next file after one that it could read. After any failure its
 * memory is not trusted, and it is started anew.
 *
 * @param folders those whose files it may see, none inside another.
 * @returns what the outputs hold.
 */
export async function runPipeline(
  pipeline: ItkPipeline,
  parameters: readonly string[],
  options: {
    readonly outputs: readonly ItkValue['type'][];
    readonly inputs?: readonly ItkValue[];
    readonly folders: readonly string[];
  },
): Promise<readonly unknown[]> {
  const loaded = await load(pipeline);
  const instance = loaded.idle ?? (await loaded.create());
  loaded.idle = null;
  for (const folder of options.folders) instance.mountDir(folder);
  const outputs = options.outputs.map((type) => ({ type }));
  const result = loaded.run(instance, parameters, outputs, options.inputs ?? []);
  if (result.returnValue !== 0) throw new Error(result.stderr.trim());
  for (const folder of options.folders) instance.unmountDir(folder);
  if (instance.HEAPU8.length <= LARGEST_IDLE) loaded.idle = instance;
  return result.outputs.map(({ data }) => data);
}

function load(pipeline: ItkPipeline): Promise<Loaded> {
  const known = pipelines.get(pipeline.name);
  if (known !== undefined) return known;
  const loading = compile(pipeline);
  pipelines.set(pipeline.name, loading);
  return loading;
}

/** The files of a program lie beside the package's entry, as its users publish them on a server of their own. */
async function compile({ from, name }: ItkPipeline): Promise<Loaded> {
  const entry = fileURLToPath(import.meta.resolve(from));
  const file = join(dirname(entry), 'pipelines', name);
  const itk = createRequire(entry).resolve('itk-wasm');
  const [{ default: run }, { ZSTDDecoder }, { default: create }] = (await Promise.all([
    importFile(join(dirname(itk), 'pipeline', 'internal', 'run-pipeline-emscripten.js')),
    importFile(createRequire(itk).resolve('@thewtex/zstddec')),
    importFile(`${file}.js`),
  ])) as [
    { readonly default: RunInstance },
    { readonly ZSTDDecoder: new () => { init(): Promise<void>; decode(bytes: Uint8Array): Uint8Array } },
    { readonly default: CreateInstance },
  ];
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const compiled = await WebAssembly.compile(decoder.decode(new Uint8Array(await readFile(`${file}.wasm.zst`))));
  return {
    create: () =>
      create({
        instantiateWasm: (imports, receive) => {
          const instance = new WebAssembly.Instance(compiled, imports);
          receive(instance);
          return instance.exports;
        },
      }),
    run,
    idle: null,
  };
}

async function importFile(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new Error(`this version of ITK has no ${path}: install @itk-wasm/image-io@1.6 and @itk-wasm/dicom@7.6`, {
      cause,
    });
  }
}
