import { type Backend, type Tensor, TrainableSystem } from '@delira/core';
import { ClassificationNetwork } from '@delira/models-classification';
import { filled, Flatten, Linear } from '@delira/nn';
import { pathToFileURL } from 'node:url';

/** What came of starting an engine. */
export interface EngineState {
  readonly name: string;
  readonly works: boolean;
  readonly text: string;
}

interface BackendModule {
  readonly createBackend: (options?: object) => Promise<Backend & { readonly info?: unknown }>;
  /** Of tfjs. */
  readonly engineNames?: readonly string[];
}

const NVIDIA =
  'an NVIDIA driver, CUDA 12 with cuDNN 9, and npm install onnxruntime-node without ONNXRUNTIME_NODE_INSTALL=skip, which fetches its CUDA files';

/** Execution providers of ONNX Runtime besides the CPU's, asked for one by one, and what each needs. */
const PROVIDERS = {
  cuda: NVIDIA,
  tensorrt: `${NVIDIA}; and TensorRT 10`,
  webgpu: 'a GPU with a driver for Vulkan, Metal or Direct3D 12',
  dml: 'Windows with DirectX 12',
  coreml: 'macOS',
  qnn: 'Windows on a Qualcomm processor',
} as const;

/** Starts the engines of a backend one by one and has each compute something: one that is installed may still lack a driver. */
export async function probeBackend(name: string, entry: string): Promise<readonly EngineState[]> {
  const module = (await import(pathToFileURL(entry).href)) as BackendModule;
  const probe = (label: string, options: object): Promise<EngineState> => probeEngine(module, label, options);
  if (name === 'onnx') {
    // In a process of its own: a broken driver ends that one, not this.
    const cpu = await probe('cpu', { providers: ['cpu'], thread: 'process' });
    const states = [cpu];
    if (cpu.works)
      for (const [provider, needs] of Object.entries(PROVIDERS)) {
        const state = await probe(provider, { providers: [provider], thread: 'process' });
        states.push(state.works ? state : { ...state, text: `${state.text} It needs ${needs}.` });
      }
    return states;
  }
  if (module.engineNames === undefined) return [await probe(name, {})];
  const states: EngineState[] = [];
  for (const engine of module.engineNames) states.push(await probe(engine, { engine }));
  return states;
}

async function probeEngine({ createBackend }: BackendModule, name: string, options: object): Promise<EngineState> {
  let backend: Awaited<ReturnType<typeof createBackend>> | null = null;
  try {
    backend = await createBackend(options);
    await sumOfFour(backend);
    return { name, works: true, text: `works${describe(backend.info)}` };
  } catch (error) {
    return { name, works: false, text: reason(error) };
  } finally {
    await backend?.dispose().catch(() => undefined);
  }
}

class Sum extends ClassificationNetwork {
  static readonly type = 'Sum';
  readonly flatten = new Flatten();
  readonly sum = new Linear(4, 1, { bias: false, initialize: filled(1) });

  override forward(data: Tensor): Tensor {
    return this.sum.forward(this.flatten.forward(data));
  }
}

/** @throws Error when the engine gives another result than 10. */
async function sumOfFour(backend: Backend): Promise<void> {
  const system = new TrainableSystem(new Sum({ inChannels: 1, numClasses: 1 }));
  const data = { dtype: 'float32', shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) } as const;
  const program = system.tracePredict({ data: { shape: data.shape, dtype: data.dtype } });
  const executable = await backend.compile(program);
  const state = await backend.createState(system.initialState(0));
  const [outputs] = await executable.run(state, [{ batch: { data } }]);
  const result = outputs!['pred']!.data[0];
  await executable.dispose();
  await state.dispose();
  if (result !== 10) throw new Error(`it computes 1 + 2 + 3 + 4 = ${result}. Do not use it.`);
}

/** What a backend says of its engine: `: threads 2, flavour tuned`. */
function describe(info: unknown): string {
  if (typeof info !== 'object' || info === null) return '';
  const told = Object.entries(info)
    .filter(([name, value]) => name !== 'processId' && (typeof value === 'string' || typeof value === 'number'))
    .map(([name, value]) => `${name} ${String(value)}`);
  return told.length === 0 ? '' : `: ${told.join(', ')}`;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : null;
  if (code === 'UNSUPPORTED') return 'not part of this installation of the engine.';
  return code === 'MISSING_PACKAGE'
    ? error.message
    : `does not work: ${error.message.trim()}${/[.!]$/.test(error.message.trim()) ? '' : '.'}`;
}
