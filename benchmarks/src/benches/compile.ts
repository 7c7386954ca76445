import { formatTable } from '../formatTable.js';
import { choice, type Measurement, positiveInteger, shapeOption } from '../Measurement.js';
import { modelNamed, models, shapeWithLimit } from '../models/index.js';
import { median, rounded } from '../statistics.js';
import { startOurs } from '../steppers/startOurs.js';

/** Longest time a user should wait for a training step to be ready, in milliseconds. */
const LIMIT = 3000;

/** From a network to a step that is ready to run, each time in a new process. */
export const compile: Measurement = {
  name: 'compile',
  description: 'times tracing and compiling a training step, each time in a new process',
  options: {
    model: { type: 'string', default: 'resnet18' },
    shape: { type: 'string' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    optimizer: { type: 'string', default: 'adam' },
    flavour: { type: 'string', default: 'auto' },
  },
  help: [
    `--model NAME      ${Object.keys(models).join(', ')} (default resnet18)`,
    '--shape N,C,H,W   batch, channels and extent (default: the model’s own)',
    '--threads N       threads of the engine (default 2)',
    '--rounds N        new processes (default 5)',
    '--optimizer NAME  sgd, adam or adamw (default adam)',
    '--flavour NAME    auto, portable or tuned (default auto)',
  ],
  async run(values) {
    const name = String(values['model']);
    const model = modelNamed(name);
    const { shape } = shapeWithLimit(model, 'train', values['shape'] === undefined ? undefined : shapeOption(values));
    const rounds = positiveInteger(values, 'rounds');
    const rows: { readonly traceMs: number; readonly compileMs: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const stepper = await startOurs({
        engine: 'onnx-training',
        model: name,
        shape,
        threads: positiveInteger(values, 'threads'),
        optimizer: choice(values, 'optimizer', ['sgd', 'adam', 'adamw']),
        mode: 'train',
        stepsPerCall: 1,
        flavour: choice(values, 'flavour', ['auto', 'portable', 'tuned']),
      });
      rows.push({ traceMs: Number(stepper.ready['traceMs']), compileMs: Number(stepper.ready['compileMs']) });
      await stepper.close();
    }
    const traceMs = median(rows.map((row) => row.traceMs));
    const compileMs = median(rows.map((row) => row.compileMs));
    console.log(
      formatTable([
        [`${name} [${shape.join(', ')}], median of ${rounds}`, 'ms'],
        ['tracing', traceMs.toFixed(0)],
        ['lowering and session', (compileMs - traceMs).toFixed(0)],
        ['both', compileMs.toFixed(0)],
        ['at most', String(LIMIT)],
      ]),
    );
    return {
      model: name,
      shape,
      traceMs: rounded(traceMs, 1),
      compileMs: rounded(compileMs, 1),
      limitMs: LIMIT,
      passed: compileMs <= LIMIT,
    };
  },
};
