import { castArray, InputError, type NDArray, type Sample } from '@delira/core';
import { CacheDataset, LazyDataset, type SegmentationCase } from '@delira/data-loading';
import type { Interpolation } from '@delira/imaging';
import { loadImageSample, loadVolume, loadVolumeSample, type VolumeFiles } from '@delira/io';
import type { DataFacts } from '../registries/Registries.js';
import type { InputCase, LoadedInput, OpenedData } from './DataSource.js';
import { isImage } from './imageFiles.js';
import { checkSpacing, type Resampling, toSpacing } from './resampled.js';

/** Cases that are known by their files, as a dataset to open. */
export function segmentationCases(
  cases: readonly SegmentationCase[],
  facts: Omit<DataFacts, 'rank'>,
  { cache, ...resampling }: Resampling & { readonly cache: boolean },
): OpenedData {
  const rank = rankOf(cases.flatMap(({ images }) => images));
  checkSpacing(resampling, rank);
  const load = async ({ images, label }: SegmentationCase): Promise<Sample> => {
    if (rank === 3) return loadCase({ images, label }, resampling);
    const { data } = await readImages(images);
    const { label: mask } = await loadImageSample(
      { image: images[0]!, labels: [label] },
      { channels: 1, labelKeys: ['label'] },
    );
    return { data, label: mask! };
  };
  return {
    facts: { ...facts, rank },
    length: cases.length,
    load: async ({ progress, shared = false }) =>
      cache ? CacheDataset.load({ entries: cases, load, progress, shared }) : new LazyDataset({ entries: cases, load }),
  };
}

/** A case's images as the samples have them, without labels. @throws InputError, FormatError naming the file. */
export async function readInput({ files }: InputCase, resampling: Resampling): Promise<LoadedInput> {
  if (files.every(isImage)) return { data: (await readImages(files)).data, volume: null };
  const { data } = await loadCase({ images: files }, resampling);
  return { data: data!, volume: await loadVolume(files[0]!) };
}

/** Of volumes, on the spacing that is wanted. */
async function loadCase(files: VolumeFiles, { spacing, interpolation }: Resampling): Promise<Sample> {
  const sample = await loadVolumeSample(files);
  if (spacing === undefined) return sample;
  const geometry = await loadVolume(files.images[0]!);
  return Object.fromEntries(
    Object.entries(sample).map(([key, array]) => {
      const how = key === 'data' ? (interpolation as Interpolation) : 'nearest';
      return [key, toSpacing(array, geometry, spacing, how)];
    }),
  );
}

async function readImages(files: readonly string[]): Promise<{ readonly data: NDArray }> {
  const channels: NDArray[] = [];
  for (const image of files) channels.push((await loadImageSample({ image }, { channels: 1 }))['data']!);
  const [height, width] = channels[0]!.shape.slice(1) as [number, number];
  const differing = channels.findIndex(({ shape }) => shape[1] !== height || shape[2] !== width);
  if (differing > 0)
    throw new InputError(
      `${files[differing]} is ${channels[differing]!.shape.slice(1).join(' × ')} pixels, but ${files[0]} ${height} × ${width}. The channels of a case have one size.`,
    );
  const data = new Float32Array(channels.length * height * width);
  channels.forEach((channel, index) => data.set(castArray(channel, 'float32').data, index * height * width));
  return { data: { dtype: 'float32', shape: [channels.length, height, width], data } };
}

function rankOf(files: readonly string[]): 2 | 3 {
  const images = files.filter(isImage).length;
  if (images !== 0 && images !== files.length)
    throw new InputError(
      'Some files of the dataset are images and some are volumes. One dataset holds one of both kinds.',
    );
  return images === 0 ? 3 : 2;
}
