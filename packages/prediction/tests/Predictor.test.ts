import { createReferenceBackend } from '@delira/backend-reference';
import {
  ArgumentError,
  InputError,
  type InputSpec,
  type NDArray,
  ndarray,
  Network,
  NotFoundError,
  ShapeError,
  type Tensor,
  TrainableSystem,
} from '@delira/core';
import { volume } from '@delira/imaging';
import { Conv2d } from '@delira/nn';
import { expectClose, expectEqual } from '@delira/testkit';
import { describe, expect, it, vi } from 'vitest';
import { networkModel, type PredictionModel, Predictor, slidingWindow, toLabels } from '../src/index.js';

const image = (values: readonly number[], shape: readonly number[]): NDArray => ndarray([...values], shape);

/** Scores of a batch `[N, 1, W]`: each voxel, and each voxel times its column. */
const scores = ({ data, shape }: NDArray): Promise<NDArray> => {
  const [rows = 0, , width = 0] = shape;
  const result: number[] = [];
  for (let row = 0; row < rows; row++) {
    const line = Array.from(data.subarray(row * width, (row + 1) * width));
    result.push(...line, ...line.map((value, column) => value * column));
  }
  return Promise.resolve(ndarray(result, [rows, 2, width]));
};

describe('Predictor', () => {
  it('predicts whole images, and windows of them', async () => {
    const whole = await new Predictor({ models: [scores] }).predict(image([1, 1, 1, 1], [1, 4]));
    expect(whole).toEqual(ndarray([1, 1, 1, 1, 0, 1, 2, 3], [2, 4]));
    const windows = new Predictor({ models: [scores], window: { size: [2], overlap: 0 } });
    expect(await windows.predict(image([1, 1, 1, 1], [1, 4]))).toEqual(ndarray([1, 1, 1, 1, 0, 1, 0, 1], [2, 4]));
  });

  it('averages an ensemble after the activation', async () => {
    const constant =
      (...values: readonly number[]) =>
      (batch: NDArray): Promise<NDArray> =>
        Promise.resolve(ndarray([...values], [batch.shape[0]!, 2]));
    const models = [constant(0, Math.log(3)), constant(0, 0)];
    const raw = await new Predictor({ models }).predict(image([0], [1]));
    expectClose(raw, [0, Math.log(3) / 2], { rtol: 1e-6, atol: 0 });
    const softmax = await new Predictor({ models, activation: 'softmax' }).predict(image([0], [1]));
    expectClose(softmax, [(0.25 + 0.5) / 2, (0.75 + 0.5) / 2], { rtol: 1e-6, atol: 0 });
    const sigmoid = await new Predictor({ models, activation: 'sigmoid' }).predict(image([0], [1]));
    expectClose(sigmoid, [0.5, (0.75 + 0.5) / 2], { rtol: 1e-6, atol: 0 });
  });

  it('takes a softmax that neither large scores nor several positions confuse', async () => {
    const model = (): Promise<NDArray> => Promise.resolve(ndarray([1000, 0, 1000, 0], [1, 2, 2]));
    const result = await new Predictor({ models: [model], activation: 'softmax' }).predict(image([0, 0], [1, 2]));
    expect(result).toEqual(ndarray([0.5, 0.5, 0.5, 0.5], [2, 2]));
  });

  it('predicts mirrored images and mirrors the scores back', async () => {
    const mirrored = new Predictor({ models: [scores], mirrorAxes: [0] });
    // Columns 0, 1, 2 as they stand and 2, 1, 0 mirrored: their mean is 1.
    expect(await mirrored.predict(image([3, 5, 7], [1, 3]))).toEqual(ndarray([3, 5, 7, 3, 5, 7], [2, 3]));
  });

  it('mirrors along every combination of axes', async () => {
    const seen: number[][] = [];
    const model = (batch: NDArray): Promise<NDArray> => {
      seen.push([...batch.data]);
      return Promise.resolve(batch);
    };
    const predictor = new Predictor({ models: [model], mirrorAxes: [0, 1] });
    const result = await predictor.predict(image([1, 2, 3, 4], [1, 2, 2]));
    expect(seen).toEqual([
      [1, 2, 3, 4],
      [3, 4, 1, 2],
      [2, 1, 4, 3],
      [4, 3, 2, 1],
    ]);
    expect(result).toEqual(image([1, 2, 3, 4], [1, 2, 2]));
  });

  it('averages mirrored predictions that have no spatial axes', async () => {
    const first = ({ data }: NDArray): Promise<NDArray> => Promise.resolve(ndarray([data[0]!], [1, 1]));
    const predictor = new Predictor({ models: [first], mirrorAxes: [0] });
    expect(await predictor.predict(image([1, 2, 4], [1, 3]))).toEqual(ndarray([2.5], [1]));
  });

  it('predicts volumes in their geometry, with and without channels', async () => {
    const twice = ({ data, shape }: NDArray): Promise<NDArray> =>
      Promise.resolve({ dtype: 'float32', shape, data: Float32Array.from(data, (value) => 2 * value) });
    const predictor = new Predictor({ models: [twice] });
    const geometry = { spacing: [1, 2, 3], origin: [4, 5, 6] } as const;
    const scores = await predictor.predictVolume(volume(image([1, 2], [1, 1, 2]), geometry));
    expect(scores).toMatchObject(geometry);
    expect(scores.array).toEqual(image([2, 4], [1, 1, 1, 2]));
    const channels = await predictor.predictVolume(volume(image([1, 2], [2, 1, 1, 1]), geometry));
    expect(channels.array).toEqual(image([2, 4], [2, 1, 1, 1]));
  });

  it('streams images in batches of one shape, in their order, and holds no more', async () => {
    const rows: string[] = [];
    let given = 0;
    let received = 0;
    let most = 0;
    function* images(): Generator<{ readonly id: number; readonly pixels: NDArray }> {
      for (const width of [1, 1, 1, 2, 2]) {
        given++;
        most = Math.max(most, given - received);
        yield { id: given, pixels: image(new Array<number>(width).fill(given), [1, width]) };
      }
    }
    const predictor = new Predictor({
      batchSize: 2,
      models: [
        (batch) => {
          rows.push(`${batch.shape.join('×')}: ${[...batch.data].join(' ')}`);
          return Promise.resolve(batch);
        },
      ],
    });
    const results: [number, number[]][] = [];
    for await (const { item, scores: result } of predictor.stream(images(), ({ pixels }) => pixels)) {
      received++;
      results.push([item.id, [...result.data]]);
    }
    expect(results).toEqual([
      [1, [1]],
      [2, [2]],
      [3, [3]],
      [4, [4, 4]],
      [5, [5, 5]],
    ]);
    // The third image is alone with its shape: its batch is filled up with itself.
    expect(rows).toEqual(['2×1×1: 1 2', '2×1×1: 3 3', '2×1×2: 4 4 5 5']);
    expect(most).toBe(2);
  });

  it('streams arrays, also asynchronous ones', async () => {
    async function* images(): AsyncGenerator<NDArray> {
      for (const value of [1, 2]) yield Promise.resolve(image([value], [1, 1]));
    }
    const results: number[] = [];
    for await (const { item, scores: result } of new Predictor({ models: [scores] }).stream(images()))
      results.push(item.data[0]!, ...result.data);
    expect(results).toEqual([1, 1, 0, 2, 2, 0]);
  });

  it('disposes of its models', async () => {
    const model: PredictionModel = { predict: scores, dispose: vi.fn(() => Promise.resolve()) };
    await new Predictor({ models: [model, scores] }).dispose();
    expect(model.dispose).toHaveBeenCalledOnce();
  });

  it('refuses what does not go together', async () => {
    expect(() => new Predictor({ models: [] })).toThrow(
      new ArgumentError('There is no model to predict with. Give at least one.'),
    );
    expect(() => new Predictor({ models: [scores], batchSize: 0 })).toThrow(ArgumentError);
    expect(() => new Predictor({ models: [scores], batchSize: 2, window: { size: [2] } })).toThrow(
      new ArgumentError('With windows, it is window.batchSize that says how many go into a call.'),
    );
    expect(() => new Predictor({ models: [scores], mirrorAxes: [1, 1] })).toThrow(ArgumentError);
    await expect(new Predictor({ models: [scores], mirrorAxes: [1] }).predict(image([1], [1, 1]))).rejects.toThrow(
      new ArgumentError('Images of 1 spatial axes have no axis 1 to mirror along.'),
    );
    const narrow = (batch: NDArray): Promise<NDArray> => Promise.resolve({ ...batch, shape: [1, 2, 1] });
    await expect(new Predictor({ models: [scores, narrow] }).predict(image([1, 2], [1, 2]))).rejects.toThrow(
      ShapeError,
    );
  });
});

class Blur extends Network<{ data: Tensor; label: Tensor }, { pred: Tensor; double: Tensor }> {
  readonly config = {};
  readonly inputs: Record<'data' | 'label', InputSpec> = {
    data: { shape: [1, null, null], dtype: 'float32' },
    label: { shape: [null, null], dtype: 'int32' },
  };
  readonly conv = new Conv2d(1, 2, { kernel: 3, padding: 1 });

  predict({ data }: { readonly data: Tensor }): { pred: Tensor; double: Tensor } {
    const pred = this.conv.forward(data);
    return { pred, double: pred.mul(2) };
  }
}

describe('networkModel', () => {
  const network = new Blur();
  const backend = createReferenceBackend();
  const createState = () => backend.createState(new TrainableSystem(network).initialState(7));
  const pixels = (height: number, width: number): NDArray =>
    ndarray(
      Float64Array.from({ length: height * width }, (_, index) => Math.sin(index)),
      [1, height, width],
      'float64',
    );

  it('predicts what the network predicts; windows agree with it away from their edges', async () => {
    const model = networkModel({ backend, network, state: await createState() });
    const whole = await new Predictor({ models: [model] }).predict(pixels(6, 9));
    expect(whole.shape).toEqual([2, 6, 9]);
    // Windows of full height: a column that lies inside of a window sees the same neighbours.
    const windows = await slidingWindow(model.predict, pixels(6, 9), { size: [6, 6], overlap: 0 });
    const inside = (array: NDArray): number[] => [...array.data].filter((_, index) => index % 9 < 3 || index % 9 > 5);
    expect(inside(windows)).toEqual(inside(whole));
    await model.dispose!();
  });

  it('gives another output, and says which there are', async () => {
    const state = await createState();
    const [pred, double] = [
      networkModel({ backend, network, state }),
      networkModel({ backend, network, state, output: 'double' }),
    ];
    const batch = { ...pixels(2, 2), shape: [1, 1, 2, 2] };
    const single = await pred.predict(batch);
    expectEqual(await double.predict(batch), { ...single, data: single.data.map((value) => 2 * value) } as NDArray);
    await expect(networkModel({ backend, network, state, output: 'label' }).predict(batch)).rejects.toThrow(
      new NotFoundError('Blur.predict has no output "label". It has: pred, double.'),
    );
  });

  it('compiles once for each shape, and keeps only the last few', async () => {
    const events: string[] = [];
    const watched = {
      ...backend,
      compile: async (...[program]: Parameters<typeof backend.compile>) => {
        const name = program.avals[program.feeds['data']!]!.shape.join('×');
        events.push(`+${name}`);
        const executable = await backend.compile(program);
        return {
          run: (...args: Parameters<typeof executable.run>) => executable.run(...args),
          dispose: () => {
            events.push(`-${name}`);
            return executable.dispose();
          },
        };
      },
    };
    const model = networkModel({ backend: watched, network, state: await createState(), programs: 2 });
    for (const width of [2, 3, 2, 4, 2, 3]) await model.predict({ ...pixels(1, width), shape: [1, 1, 1, width] });
    expect(events).toEqual(['+1×1×1×2', '+1×1×1×3', '+1×1×1×4', '-1×1×1×3', '+1×1×1×3', '-1×1×1×4']);
    await model.dispose!();
    expect(events.slice(6)).toEqual(['-1×1×1×2', '-1×1×1×3']);
  });

  it('refuses images that the network does not take', async () => {
    const predictor = new Predictor({ models: [networkModel({ backend, network, state: await createState() })] });
    await expect(predictor.predict(image([1, 2], [2, 1, 1]))).rejects.toThrow(InputError);
  });
});

describe('toLabels', () => {
  it('names the class with the highest score, the first of equal ones', () => {
    const labels = toLabels(ndarray([0, 5, 1, 3, 2, 1], [2, 3]));
    expect(labels).toEqual(ndarray([1, 0, 0], [3], 'uint8'));
    expect(toLabels(ndarray([-3, -2, -1], [3, 1])).data[0]).toBe(2);
  });

  it('refuses more classes than fit into a byte', () => {
    expect(() => toLabels(ndarray(new Float32Array(257), [257, 1]))).toThrow(ArgumentError);
  });
});
