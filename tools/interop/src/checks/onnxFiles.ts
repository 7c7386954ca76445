import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnnxBackend } from '@delira/backend-onnx-training';
import { type NDArray, type Sample, sliceRows } from '@delira/core';
import { loadWeights, writeSafetensors } from '@delira/io';
import { exportModel } from '@delira/onnx';
import { adam } from '@delira/optim';
import { atMost, type Check, type CheckRow, holds } from '../Check.js';
import { relativeL2 } from '../differences.js';
import { repositoryRoot } from '../repositoryRoot.js';
import { createSystem, signatureOf } from '../resnet18/createSystem.js';
import { mnistBatches } from '../resnet18/mnistBatches.js';
import { trainInPytorch } from '../resnet18/trainInPytorch.js';
import { lastLines, runProcess } from '../runProcess.js';

const STEPS = 4;
const BATCH = 8;
const SIDE = 28;
const SAME_ENGINE = 1e-5;
const OTHER_ENGINE = 1e-4;

interface CheckedFile {
  readonly file: string;
  readonly ok: boolean;
  readonly error: string | null;
}

const script = (name: string): string => join(repositoryRoot, 'tools/interop/python', name);

const checkFiles = async (python: string, files: readonly string[]): Promise<readonly CheckedFile[]> => {
  const { stdout, stderr } = await runProcess(python, [script('checkOnnx.py'), ...files]);
  const last = lastLines(stdout, 1);
  if (!last.startsWith('[')) throw new Error(`The ONNX checker stopped:\n${lastLines(stderr, 8)}`);
  return JSON.parse(last) as readonly CheckedFile[];
};

const runFile = async (python: string, model: string, data: NDArray, folder: string): Promise<NDArray> => {
  const [inputs, outputs] = [join(folder, 'inputs.safetensors'), join(folder, 'outputs.safetensors')];
  await writeFile(inputs, writeSafetensors(new Map([['data', data]])));
  const { code, stderr } = await runProcess(python, [script('runOnnx.py'), model, inputs, outputs]);
  if (code !== 0) throw new Error(`ONNX Runtime stopped:\n${lastLines(stderr, 8)}`);
  const prediction = (await loadWeights(outputs)).get('pred');
  if (prediction === undefined) throw new Error('The exported model has no output pred.');
  return prediction;
};

/** Trains a little, so that running statistics and weights are not those of the initialisation, and writes every kind of file. */
const writeFiles = async (batches: readonly Sample[], folder: string, threads: number) => {
  const [batch = {}] = batches;
  const system = createSystem(adam());
  const signature = signatureOf(batch);
  const backend = await createOnnxBackend({ threads });
  const step = await backend.compile(system.traceTrain(signature));
  const evaluation = await backend.compile(system.traceEval(signature));
  const predict = await backend.compile(system.tracePredict(signature));
  const state = await backend.createState(system.initialState(1));
  await step.run(
    state,
    batches.map((entry) => ({ batch: entry, hyper: system.hyper })),
  );
  const [output] = await predict.run(state, [{ batch }]);
  const variables = await state.read();
  const exported = exportModel({
    signature: { data: signatureOf(batch)['data'] ?? { shape: [], dtype: 'float32' } },
    trace: (inputs) => system.tracePredict(inputs),
    variables,
    metadata: { classes: '0,1,2,3,4,5,6,7,8,9' },
  });
  const files: readonly (readonly [string, Uint8Array])[] = [
    ['training step', await step.model()],
    ['evaluation step', await evaluation.model()],
    ['prediction', await predict.model()],
    ['exported prediction', exported],
  ];
  for (const [name, bytes] of files) await writeFile(join(folder, `${name}.onnx`), bytes);
  await backend.dispose();
  if (output?.['pred'] === undefined) throw new Error('The prediction has no output pred.');
  const parameters = new Map([...variables].filter(([name]) => !name.startsWith('optimizer.')));
  return { names: files.map(([name]) => name), logits: output['pred'], parameters };
};

/** Files that others open: the official checker, another ONNX Runtime, and PyTorch with the same weights. */
export const onnxFiles: Check = {
  name: 'onnx-files',
  description: 'onnx.checker on every kind of file, and the exported ResNet18 in ONNX Runtime and PyTorch',
  async run({ python: getPython, folder, threads, report }) {
    const python = await getPython();
    const batches = await mnistBatches(STEPS, BATCH, SIDE);
    const data = batches[0]?.['data'];
    if (data === undefined) throw new Error('There is no batch.');
    report('training and writing');
    const { names, logits, parameters } = await writeFiles(batches, folder, threads);
    report('onnx.checker');
    const checked = await checkFiles(
      python,
      names.map((name) => join(folder, `${name}.onnx`)),
    );
    const rows: CheckRow[] = checked.map(({ ok, error }, index) =>
      holds(`onnx.checker, full check: ${names[index] ?? ''}`, ok, 'accepted', error ?? 'accepted'),
    );
    report('predictions');
    const model = join(folder, 'exported prediction.onnx');
    const whole = await runFile(python, model, data, folder);
    const part = await runFile(python, model, sliceRows(data, 2, 5), folder);
    const results = await trainInPytorch({
      python,
      folder,
      threads,
      weights: parameters,
      batches,
      runs: [{ name: 'predict', optimizer: { type: 'sgd', lr: 0 }, dtype: 'float64', steps: 0, gradientBatches: 0 }],
    });
    rows.push(
      atMost(`exported model in ONNX Runtime, batch of ${BATCH}`, relativeL2(whole.data, logits.data), SAME_ENGINE),
      atMost(
        'exported model in ONNX Runtime, batch of 3',
        relativeL2(part.data, sliceRows(logits, 2, 5).data),
        SAME_ENGINE,
      ),
      atMost(
        'our predictions against PyTorch float64',
        relativeL2(logits.data, results.get('predict')?.logits.data ?? []),
        OTHER_ENGINE,
      ),
    );
    return rows;
  },
};
