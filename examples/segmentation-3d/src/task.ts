import { boxOf, type Brain, CLASS_NAMES, readBrain, type SegmentationTask } from '@delira/brain-atlas';
import { type NDArray, type Sample, stackArrays, zeros } from '@delira/core';
import { ArrayDataset } from '@delira/data-loading';
import { resampleToImage, type Vector3, volume } from '@delira/imaging';
import { UNet3d } from '@delira/models-segmentation';
import { Predictor, toLabels, windowStarts } from '@delira/prediction';
import { coarsen, type CoarseBrain, type Range } from './coarsen.js';

/** Millimetres of the voxels that the network sees: a patch then shows most of a hemisphere. */
const SPACING: Vector3 = [2, 2, 2];
/** Extents z, y, x of the patches that are trained on, and of the windows that are predicted. */
const PATCH = [48, 64, 32];

/** Each half of the brain is an image of its own: a network that learns from one half has never looked across the midplane. */
export async function createTask(): Promise<SegmentationTask> {
  const brain = await readBrain();
  const coarse = coarsen(brain, SPACING);
  const { shape } = coarse.image.array;
  const right = part(coarse, [0, coarse.midplane + 1]);
  const left = part(coarse, [coarse.midplane, shape[2]!]);
  return {
    title:
      "Trains a 3D U-Net on patches of a brain's left half, predicts all by overlapping patches and tests on the right half.",
    brain,
    network: new UNet3d({
      inChannels: 1,
      numClasses: CLASS_NAMES.length,
      depth: 4,
      startFilters: 16,
      norm: 'instance',
      bias: false,
    }),
    train: rowOf(part(coarse, coarse.train)),
    patch: { size: PATCH, mirror: true },
    validation: new ArrayDataset(patchesOf(part(coarse, coarse.test))),
    validationBatch: 2,
    test: rowOf(right),
    async predict(model, bar) {
      const predictor = new Predictor({
        models: [model],
        activation: 'softmax',
        mirrorAxes: [2],
        window: { size: PATCH, overlap: 0.5, weighting: 'gaussian', batchSize: 2 },
      });
      const predict = async ({ data }: ImageAndLabels, label: string): Promise<NDArray> => {
        const scores = await predictor.predict(data, {
          onProgress({ done, total }) {
            if (done === 0) bar.start({ label, total });
            bar.update(done);
          },
        });
        bar.finish();
        return scores;
      };
      const probabilities = zeros([CLASS_NAMES.length, ...shape]);
      const [ofRight, ofLeft] = [await predict(right, 'Right half'), await predict(left, 'Left half')];
      insert(ofLeft, probabilities, coarse.midplane);
      insert(ofRight, probabilities, 0);
      const test = toLabels(ofRight);
      return {
        volume: toLabels(resampleToImage(volume(probabilities, coarse.image), brain.image).array),
        test: { ...test, shape: [1, ...test.shape] },
      };
    },
    picture: (array) => sections(brain, array),
  };
}

interface ImageAndLabels {
  /** `[1, z, y, x]`. */
  readonly data: NDArray;
  /** `[z, y, x]`. */
  readonly label: NDArray;
}

function part({ image, labels }: CoarseBrain, x: Range): ImageAndLabels {
  const box = (array: NDArray): NDArray => boxOf(array, [[0, array.shape[0]!], [0, array.shape[1]!], x]);
  const data = box(image.array);
  return { data: { ...data, shape: [1, ...data.shape] }, label: box(labels.array) };
}

function rowOf({ data, label }: ImageAndLabels): Sample {
  return { data: stackArrays([data]), label: stackArrays([label]) };
}

/** As few patches as cover an image. */
function patchesOf({ data, label }: ImageAndLabels): Sample {
  const [zs, ys, xs] = windowStarts(label.shape, PATCH, 0) as [number[], number[], number[]];
  const boxes = zs.flatMap((z) =>
    ys.flatMap((y) => xs.map((x) => [z, y, x].map((start, axis): Range => [start, start + PATCH[axis]!]))),
  );
  return {
    data: stackArrays(boxes.map((box) => boxOf(data, [[0, 1], ...box]))),
    label: stackArrays(boxes.map((box) => boxOf(label, box))),
  };
}

/** Copies scores `[K, z, y, x]` into those of the whole volume, from `first` on. */
function insert(scores: NDArray, all: NDArray, first: number): void {
  const [width, whole] = [scores.shape[3]!, all.shape[3]!];
  for (let line = 0; line * width < scores.data.length; line++)
    all.data.set(scores.data.subarray(line * width, (line + 1) * width), line * whole + first);
}

/** Through the test hemisphere's middle from the side, and through the brain's from the front and from above. */
function sections({ covered, hemispheres }: Brain, array: NDArray): readonly NDArray[] {
  const [, height, width] = array.shape as unknown as Vector3;
  const x = Math.round(0.65 * hemispheres.test[1]);
  const y = Math.round(0.45 * height);
  const z = Math.round((covered[0] + covered[1]) / 2);
  const plane = (ranges: readonly Range[]): NDArray => {
    const box = boxOf(array, ranges);
    return { ...box, shape: box.shape.filter((extent) => extent > 1) };
  };
  return [
    plane([covered, [0, height], [x, x + 1]]),
    plane([covered, [y, y + 1], [0, width]]),
    plane([
      [z, z + 1],
      [0, height],
      [0, width],
    ]),
  ];
}
