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

interface Program {
  readonly HEAPU8: Uint8Array;
  mountDir(folder: string): void;
  unmountDir(folder: string): void;
}

type RunInstance = (
  program: Program,
  parameters: readonly string[],
  outputs: readonly ItkValue[],
  inputs: readonly ItkValue[],
) => { readonly returnValue: number; readonly stderr: string; readonly outputs: readonly ItkValue[] };

/** As much of WebAssembly as is used here: TypeScript has its types among those of browsers. */
interface WebAssemblyInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}
interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    compile(bytes: Uint8Array): Promise<object>;
    readonly Instance: new (compiled: object, imports: object) => WebAssemblyInstance;
    readonly Memory: { new (): WebAssemblyMemory; readonly prototype: WebAssemblyMemory };
  };
};

type CreateInstance = (options: {
  readonly instantiateWasm: (imports: object, receive: (instance: WebAssemblyInstance) => void) => object;
}) => Promise<Program>;

interface Loaded {
  readonly create: () => Promise<Running>;
  readonly run: RunInstance;
  /** One that has served before, and may again. */
  idle: Running | null;
}

interface Running {
  readonly program: Program;
  /** Most bytes that its memory may have. */
  limit: number;
}

/** WebAssembly's memory never shrinks: what a large file has left is given back with the program. */
const LARGEST_IDLE = 2 ** 28;
/** What a program takes for itself. */
const OWN_BYTES = 2 ** 27;
/** The file, the pixels as they are stored, as they are decoded, and as they are handed over. */
const COPIES = 4;
const PAGE = 65_536;

const pipelines = new Map<string, Promise<Loaded>>();

/**
 * Runs one of ITK's programs. The packages' own functions decompress, compile and start it anew for every file, which takes ten times as long
 * as reading a small one: here it is compiled once, and goes on with the next file after one that it could read. After any failure its
 * memory is not trusted, and it is started anew.
 *
 * @returns what the outputs hold.
 */
export async function runPipeline(
  pipeline: ItkPipeline,
  parameters: readonly string[],
  options: {
    readonly outputs: readonly ItkValue['type'][];
    readonly inputs?: readonly ItkValue[];
    /** Those whose files it may see, none inside another. */
    readonly folders: readonly string[];
    /** Most bytes that it may make of the files: a program whose memory grows far beyond that is stopped. */
    readonly maximumBytes: number;
  },
): Promise<readonly unknown[]> {
  const loaded = await load(pipeline);
  const running = loaded.idle ?? (await loaded.create());
  loaded.idle = null;
  running.limit = OWN_BYTES + COPIES * options.maximumBytes;
  const { program } = running;
  for (const folder of options.folders) program.mountDir(folder);
  const outputs = options.outputs.map((type) => ({ type }));
  const result = loaded.run(program, parameters, outputs, options.inputs ?? []);
  if (result.returnValue !== 0) throw new Error(result.stderr.trim());
  for (const folder of options.folders) program.unmountDir(folder);
  if (program.HEAPU8.length <= LARGEST_IDLE) loaded.idle = running;
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
  const start = async (): Promise<Running> => {
    const bound = { limit: Infinity };
    const program = await create({
      instantiateWasm: (imports, receive) => {
        const instance = new WebAssembly.Instance(compiled, imports);
        boundMemory(instance, bound);
        receive(instance);
        return instance.exports;
      },
    });
    return Object.assign(bound, { program });
  };
  return { create: start, run, idle: null };
}

/** A header that claims too much makes a program ask for memory; without it, it gives up as when there is none left. */
function boundMemory(instance: WebAssemblyInstance, bound: { readonly limit: number }): void {
  const memory = Object.values(instance.exports).find((each) => each instanceof WebAssembly.Memory);
  if (memory === undefined) throw new Error('ITK has no memory.');
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE > bound.limit) throw new RangeError('beyond the limit');
    return WebAssembly.Memory.prototype.grow.call(memory, pages);
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
