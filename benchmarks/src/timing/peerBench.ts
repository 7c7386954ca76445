import {
  choice,
  type Measurement,
  type MeasurementResult,
  type OptionValues,
  positiveInteger,
  shapeOption,
} from '../Measurement.js';
import { modelNamed, models, shapeWithLimit } from '../models/index.js';
import type { Mode, TimedModel, TimedShape } from '../models/TimedModel.js';
import { engines } from '../steppers/startOurs.js';
import { type Compared, compareWithPeer } from './compareWithPeer.js';

export interface PeerBenchOptions {
  readonly mode: Mode;
  readonly description: string;
  /** The most of the peer's peak memory that ours may take; null: any. */
  readonly memoryLimit: number | null;
}

const shapesAsked = (values: OptionValues, model: TimedModel, mode: Mode): readonly TimedShape[] => {
  if (values['shapes'] === undefined)
    return [shapeWithLimit(model, mode, values['shape'] === undefined ? undefined : shapeOption(values))];
  choice(values, 'shapes', ['all']);
  if (values['shape'] !== undefined)
    throw new RangeError('--shape names one shape, --shapes all the model’s list: give one of them.');
  return model.shapes[mode];
};

const worst = (results: readonly Compared[], of: 'ratio' | 'memoryRatio'): number | null =>
  results.reduce<number | null>((most, result) => {
    const value = result[of];
    return value === null ? most : Math.max(most ?? value, value);
  }, null);

/** One shape: what it gave. Several: each of them, and the worst of all. */
const lastLine = (model: string, mode: Mode, results: readonly Compared[]): MeasurementResult => {
  const [first] = results;
  if (results.length === 1 && first !== undefined) return { ...first };
  return {
    model,
    mode,
    ratio: worst(results, 'ratio'),
    memoryRatio: worst(results, 'memoryRatio'),
    shapes: results.map((result) => ({ ...result })),
    passed: results.some(({ passed }) => passed === null) ? null : results.every(({ passed }) => passed === true),
  };
};

/** A bench that times a model here and in a peer, in turns. */
export function peerBench({ mode, description, memoryLimit }: PeerBenchOptions): Measurement {
  const training = mode === 'train';
  return {
    name: mode,
    description,
    options: {
      model: { type: 'string', default: 'resnet18' },
      peer: { type: 'string', default: 'torch' },
      shape: { type: 'string' },
      shapes: { type: 'string' },
      threads: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '10' },
      flavour: { type: 'string', default: 'auto' },
      ...(training
        ? { optimizer: { type: 'string', default: 'adam' }, 'steps-per-call': { type: 'string', default: 'auto' } }
        : { engine: { type: 'string', default: 'onnx-training' } }),
    },
    help: [
      `--model NAME          ${Object.keys(models).join(', ')} (default resnet18)`,
      '--peer torch|none     what to compare with (default torch)',
      '--shape N,C,H,W       batch, channels and extent (default: the first of the model’s list)',
      '--shapes all          the model’s whole list, one after the other',
      '--threads N           threads of both engines (default 2)',
      '--rounds N            rounds; the engines take turns in each (default 10)',
      '--flavour NAME        auto, portable or tuned (default auto)',
      ...(training
        ? [
            '--optimizer NAME      sgd, adam or adamw (default adam)',
            '--steps-per-call K    steps in one call of our engine (default: what the trainer chooses)',
          ]
        : ['--engine NAME         onnx-training or onnx-inference (default onnx-training)']),
    ],
    async run(values) {
      const model = String(values['model']);
      const wanted = values['steps-per-call'] ?? 'auto';
      const options = {
        model,
        mode,
        memoryLimit,
        peer: choice(values, 'peer', ['torch', 'none']),
        threads: positiveInteger(values, 'threads'),
        rounds: positiveInteger(values, 'rounds'),
        flavour: choice(values, 'flavour', ['auto', 'portable', 'tuned']),
        engine: training ? 'onnx-training' : choice(values, 'engine', engines),
        optimizer: training ? choice(values, 'optimizer', ['sgd', 'adam', 'adamw']) : 'adam',
        stepsPerCall: training ? (wanted === 'auto' ? wanted : positiveInteger(values, 'steps-per-call')) : 1,
      } as const;
      const results: Compared[] = [];
      for (const timed of shapesAsked(values, modelNamed(model), mode)) {
        results.push(await compareWithPeer({ ...options, timed }));
      }
      return lastLine(model, mode, results);
    },
  };
}
