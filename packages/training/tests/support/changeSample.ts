import type { Sample } from '@delira/core';
import type { Dataset } from '@delira/data-loading';

/** The dataset with one sample changed. */
export function changeSample(dataset: Dataset, index: number, change: (sample: Sample) => Sample): Dataset {
  return {
    length: dataset.length,
    get: async (at) => {
      const sample = await dataset.get(at);
      return at === index ? change(sample) : sample;
    },
  };
}
