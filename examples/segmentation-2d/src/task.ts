import {
  boxOf,
  type Brain,
  CLASS_NAMES,
  fromSagittalSlices,
  readBrain,
  sagittalSlices,
  type SegmentationTask,
} from '@delira/brain-atlas';
import { type NDArray, type Sample, sliceRows, zeros } from '@delira/core';
import { ArrayDataset, Subset } from '@delira/data-loading';
import { UNet2d } from '@delira/models-segmentation';
import { Predictor, toLabels } from '@delira/prediction';

/** Rows and columns of the patches that are trained on. */
const PATCH = [96, 128];
/** Every how many-th of the test hemisphere's slices the validation looks at. */
const VALIDATED = 8;
/** Where the slices of the picture lie: shares of the test hemisphere's width. */
const SHOWN = [0.4, 0.65, 0.9];

/** Slices across the body's left-right axis: they show the whole brain in profile, and those of both hemispheres look alike. */
export async function createTask(): Promise<SegmentationTask> {
  const brain = await readBrain();
  const { test } = brain.hemispheres;
  const slices = slicesOf(brain);
  const [trained, tested] = [rows(slices, ...brain.hemispheres.train), rows(slices, ...test)];
  return {
    title: `Trains a 2D U-Net on ${count(trained)} slices of a brain's left half and tests it on ${count(tested)} of the right one.`,
    brain,
    network: new UNet2d({
      inChannels: 1,
      numClasses: CLASS_NAMES.length,
      depth: 5,
      startFilters: 16,
      norm: 'batch',
      bias: false,
    }),
    train: trained,
    patch: { size: PATCH },
    validation: new Subset(
      new ArrayDataset(tested),
      Array.from({ length: Math.floor(count(tested) / VALIDATED) }, (_, index) => index * VALIDATED),
    ),
    validationBatch: 4,
    test: tested,
    async predict(model, bar) {
      const predictor = new Predictor({ models: [model], batchSize: 4 });
      const predicted = zeros(slices['label']!.shape, 'uint8');
      bar.start({ label: 'Prediction', total: count(slices) });
      let done = 0;
      for await (const { scores } of predictor.stream(imagesOf(slices))) {
        const { data } = toLabels(scores);
        predicted.data.set(data, done * data.length);
        bar.update(++done);
      }
      bar.finish();
      // The slices hold the planes that the atlas covers; the others stay background.
      const { shape } = brain.labels.array;
      const volume = zeros(shape, 'uint8');
      volume.data.set(fromSagittalSlices(predicted).data, brain.covered[0] * shape[1]! * shape[2]!);
      return { volume, test: sliceRows(predicted, ...test) as NDArray<'uint8'> };
    },
    picture: (array) =>
      SHOWN.map((share) => {
        const height = array.shape[1]!;
        const x = Math.round(test[0] + share * (test[1] - test[0]));
        const slice = boxOf(array, [brain.covered, [0, height], [x, x + 1]]);
        return { ...slice, shape: [slice.shape[0]!, height] };
      }),
  };
}

/** `data [x, 1, z, y]` and `label [x, z, y]`, of the planes z that the atlas covers. */
function slicesOf({ image, labels, covered }: Brain): Sample {
  const slices = (array: NDArray): NDArray => {
    const [, height, width] = array.shape as unknown as readonly [number, number, number];
    return sagittalSlices(boxOf(array, [covered, [0, height], [0, width]]));
  };
  const [data, label] = [slices(image.array), slices(labels.array)];
  return { data: { ...data, shape: [data.shape[0]!, 1, ...data.shape.slice(1)] }, label };
}

function rows(sample: Sample, start: number, end: number): Sample {
  return Object.fromEntries(Object.entries(sample).map(([key, array]) => [key, sliceRows(array, start, end)]));
}

/** One `[1, z, y]` after another. */
function* imagesOf({ data }: Sample): Generator<NDArray, void, void> {
  for (let x = 0; x < data!.shape[0]!; x++) {
    const row = sliceRows(data!, x, x + 1);
    yield { ...row, shape: row.shape.slice(1) };
  }
}

function count(sample: Sample): number {
  return sample['data']!.shape[0]!;
}
