import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnnxBackend } from '@delira/backend-onnx-training';
import { type NDArray, type Sample, sliceRows } from '@delira/core';
import { loadWeights, writeSafetensors } from '@delira/io';
import { exportNetwork } from '@delira/onnx';
import { atMost, type Check, type CheckContext, type CheckRow, holds } from '../Check.js';
import { relativeL2 } from '../differences.js';
import type { Comparison } from '../models/Comparison.js';
import { repositoryRoot } from '../repositoryRoot.js';
import { lastLines, runProcess } from '../runProcess.js';
import { createSystem, signatureOf } from '../training/createSystem.js';
import { SEED } from '../training/trainHere.js';
import { resultOf, trainInPytorch } from '../training/trainInPytorch.js';

const SAME_ENGINE = 1e-5;
const OTHER_ENGINE = 1e-4;

interface CheckedFile {
  readonly file: string;
  readonly ok: boolean;
  readonly error: string | null;
  /** How many there are of each operator. */
  readonly nodes?: Readonly<Record<string, number>>;
}

const script = (name: string): string => join(repositoryRoot, 'tools/interop/python', name);

const checkFiles = async (python: string, files: readonly string[]): Promise<readonly CheckedFile[]> => {
  const { stdout, stderr } = await runProcess(python, [script('checkOnnx.py'), ...files]);
  const last = lastLines(stdout, 1);
  if (!last.startsWith('[')) throw new Error(`The ONNX checker stopped:\n${lastLines(stderr, 8)}`);
  return JSON.parse(last) as readonly CheckedFile[];
};

interface FileRun {
  readonly python: string;
  readonly model: string;
  readonly output: string;
  readonly folder: string;
}

const runFile = async ({ python, model, output, folder }: FileRun, entries: Sample): Promise<NDArray> => {
  const [inputs, outputs] = [join(folder, 'inputs.safetensors'), join(folder, 'outputs.safetensors')];
  await writeFile(inputs, writeSafetensors(new Map(Object.entries(entries))));
  const { code, stderr } = await runProcess(python, [script('runOnnx.py'), model, inputs, outputs]);
  if (code !== 0) throw new Error(`ONNX Runtime stopped:\n${lastLines(stderr, 8)}`);
  const prediction = (await loadWeights(outputs)).get(output);
  if (prediction === undefined) throw new Error(`The exported model has no output ${output}.`);
  return prediction;
};

/** Trains a little, so that running statistics and weights are not those of the initialisation, and writes every kind of file. */
const writeFiles = async (
  comparison: Comparison,
  batches: readonly Sample[],
  predicted: Sample,
  { folder, threads }: CheckContext,
) => {
  const system = createSystem(comparison, comparison.optimizers[0].create);
  const signature = signatureOf(batches[0] ?? {});
  const backend = await createOnnxBackend({ threads });
  const step = await backend.compile(system.traceTrain(signature));
  const evaluation = await backend.compile(system.traceEval(signature));
  const predict = await backend.compile(system.tracePredict(signatureOf(predicted)));
  const state = await backend.createState(system.initialState(SEED));
  await step.run(
    state,
    batches.map((batch, index) => ({ batch, hyper: system.hyper, seed: [SEED, index] })),
  );
  const [output] = await predict.run(state, [{ batch: predicted }]);
  const variables = await state.read();
  const shape = Object.fromEntries(Object.entries(predicted).map(([name, array]) => [name, array.shape.slice(1)]));
  const { model: exported } = exportNetwork(system.network, variables, { shape });
  const files: readonly (readonly [string, Uint8Array])[] = [
    ['training step', await step.model()],
    ['evaluation step', await evaluation.model()],
    ['prediction', await predict.model()],
    ['exported prediction', exported],
  ];
  for (const [name, bytes] of files) await writeFile(join(folder, `${name}.onnx`), bytes);
  await backend.dispose();
  const prediction = output?.[comparison.prediction];
  if (prediction === undefined) throw new Error(`The prediction has no output ${comparison.prediction}.`);
  const weights = new Map([...variables].filter(([name]) => !name.startsWith('optimizer.')));
  return { names: files.map(([name]) => name), prediction, weights };
};

/** Without the first image, so that it is another batch size. */
const withoutFirst = (array: NDArray): NDArray => sliceRows(array, 1, array.shape[0] ?? 0);

const compareFiles = async (comparison: Comparison, context: CheckContext): Promise<readonly CheckRow[]> => {
  const { folder, threads, report } = context;
  const { label, steps } = comparison;
  const python = await context.python();
  const batches = await comparison.batches(steps);
  const predicted = comparison.predicted(batches[0] ?? {});
  report(`${label}, training and writing`);
  const { names, prediction, weights } = await writeFiles(comparison, batches, predicted, context);
  report(`${label}, onnx.checker`);
  const checked = await checkFiles(
    python,
    names.map((name) => join(folder, `${name}.onnx`)),
  );
  const rows: CheckRow[] = checked.map(({ ok, error }, index) =>
    holds(`${label}, onnx.checker, full check: ${names[index] ?? ''}`, ok, 'accepted', error ?? 'accepted'),
  );
  // Where there are running statistics, nothing else of these networks has roots and quotients.
  if ([...weights.keys()].some((name) => name.endsWith('running_var'))) {
    const { nodes = {} } = checked.at(-1) ?? {};
    const left = ['Sqrt', 'Div'].filter((operator) => Object.hasOwn(nodes, operator)).join(', ');
    rows.push(
      holds(`${label}, exported prediction: batch norms are folded`, left === '', 'none left', left || 'none left'),
    );
  }
  report(`${label}, predictions`);
  const file = { python, folder, model: join(folder, 'exported prediction.onnx'), output: comparison.prediction };
  const whole = await runFile(file, predicted);
  const smaller = Object.fromEntries(Object.entries(predicted).map(([name, array]) => [name, withoutFirst(array)]));
  const part = await runFile(file, smaller);
  const results = await trainInPytorch(comparison, {
    python,
    folder,
    threads,
    weights,
    batches,
    predicted,
    runs: [{ name: 'predict', optimizer: { type: 'sgd', lr: 0 }, dtype: 'float64', steps: 0, gradientBatches: 0 }],
  });
  const size = prediction.shape[0] ?? 0;
  rows.push(
    atMost(
      `${label}, exported model in ONNX Runtime, batch of ${size}`,
      relativeL2(whole.data, prediction.data),
      SAME_ENGINE,
    ),
    atMost(
      `${label}, exported model in ONNX Runtime, batch of ${size - 1}`,
      relativeL2(part.data, withoutFirst(prediction).data),
      SAME_ENGINE,
    ),
    atMost(
      `${label}, our predictions against PyTorch float64`,
      relativeL2(prediction.data, (await resultOf(results, 'predict').prediction()).data),
      OTHER_ENGINE,
    ),
  );
  return rows;
};

/** Files that others open: the official checker, another ONNX Runtime, and PyTorch with the same weights. */
export const onnxFiles: Check = {
  name: 'onnx-files',
  description: 'onnx.checker on every kind of file, and every exported network in ONNX Runtime and PyTorch',
  async run(context) {
    const rows: CheckRow[] = [];
    for (const model of context.models) rows.push(...(await compareFiles(model.files, context)));
    return rows;
  },
};
