import { schema } from '@delira/parameters';
import { ArrayDataset } from '@delira/data-loading';
import { loadImageSample, readMnist } from '@delira/io';
import { resolve } from 'node:path';
import { factory, type Factory } from '../registries/Factory.js';
import type { DatasetFacts } from '../registries/Registries.js';
import type { DataSource } from './DataSource.js';
import { filesAt } from './imageFiles.js';

const { integer, object, optional, string } = schema;

interface Options {
  readonly folder: string;
  readonly part: 'train' | 'test';
  readonly limit?: number;
}

const SIZE = [28, 28] as const;

/** The four decompressed files of MNIST, or of another set in the same form: digits from 0 to 1, `[1, 28, 28]`. */
export const mnist: Factory<DataSource, DatasetFacts> = factory(
  object({
    folder: string(),
    part: string({ choices: ['train', 'test'], default: 'train' }),
    limit: optional(integer({ minimum: 1 })),
  }),
  (options, { root }) => source({ ...options, folder: resolve(root, options.folder) }),
);

function source(options: Options): DataSource {
  const { folder, ...others } = options;
  return {
    task: 'classification',
    open: async () => {
      const { data, label } = await readMnist(folder, others);
      return {
        facts: { classes: Array.from({ length: 10 }, (_, digit) => String(digit)), channels: 1, rank: 2 },
        length: label.data.length,
        load: () => {
          const scaled = Float32Array.from(data.data, (value) => value / 255);
          const labels = Int32Array.from(label.data);
          return Promise.resolve(
            new ArrayDataset({
              data: { dtype: 'float32', shape: data.shape, data: scaled },
              label: { dtype: 'int32', shape: label.shape, data: labels },
            }),
          );
        },
      };
    },
    elsewhere: (other) => source({ ...options, folder: other }),
    inputs: (path) => filesAt(path, 2),
    read: async ({ files }) => ({
      data: (await loadImageSample({ image: files[0]! }, { size: SIZE, channels: 1 }))['data']!,
      volume: null,
    }),
  };
}
