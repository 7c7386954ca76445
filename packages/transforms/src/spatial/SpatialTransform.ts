import {
  allocate,
  ArgumentError,
  castArray,
  type DataOf,
  type DType,
  type NDArray,
  type Rng,
  type Sample,
  sameShape,
  type Shape,
  sizeOf,
} from '@delira/core';
import { Augmentation } from '../Augmentation.js';
import { checkProbability } from '../compose/checkProbability.js';
import type { EntryOptions } from '../entries/EntryOptions.js';
import { perAxis, sizePerAxis } from '../entries/perAxis.js';
import { checkRange, drawFactor, drawUniform, type Range } from '../entries/Range.js';
import { readFloat, replaceEntries } from '../entries/replaceEntries.js';
import { spatialEntriesOf } from '../entries/spatialEntriesOf.js';
import { type AlignedPlan, planAligned, warpAligned } from '../kernels/alignedCubic.js';
import type { ControlGrid } from '../kernels/ControlGrid.js';
import { fillCoefficients, paddedExtents } from '../kernels/cubic.js';
import { gather } from '../kernels/gather.js';
import { channelsAtOnce, openCubic } from '../kernels/openCubic.js';
import { rotationMatrix } from '../kernels/rotation.js';
import { sampleLinear, sampleNearest, type SampleRow } from '../kernels/sampleRow.js';
import { type Extents, planWarp, type WarpOptions, type WarpRow } from '../kernels/WarpPlan.js';
import { centredOffset, cutWindow, type FillOptions } from './cutWindow.js';

export interface ElasticOptions {
  /** How far a control point moves at most along each axis, in voxels. */
  readonly maximumDisplacement: number;
  /** Control points along each axis, at least 4; the outermost lie outside of the image. Default 7. */
  readonly controlPoints?: number;
  /** That a sample is deformed at all; default 1. */
  readonly probability?: number;
}

export interface SpatialTransformOptions extends EntryOptions, FillOptions {
  /**
   * Angles in radians. In 3D about each spatial axis in the order of the array, one range for all or one for each; in 2D about the axis that is
   * not there: one range. Default 0.
   */
  readonly rotation?: Range | readonly [Range, Range, Range];
  /** That a sample is rotated at all (`p_rot_per_sample`); default 1. */
  readonly rotationProbability?: number;
  /** How much larger things become, drawn below and above one equally often; default 1. batchgenerators' scale is the inverse. */
  readonly scale?: Range;
  /** That a sample is scaled at all (`p_scale_per_sample`); default 1. */
  readonly scaleProbability?: number;
  /** Whether each axis has a scale of its own; default false. */
  readonly scalePerAxis?: boolean;
  /** How far things move along each axis, in voxels; default 0. */
  readonly translation?: Range;
  /** Smooth random deformation; default none. */
  readonly elastic?: ElasticOptions;
  /** Voxels of the result along each spatial axis, around the centre; default those of the sample. */
  readonly size?: number | readonly number[];
  /** Of images: `'linear'` (the default), or a cubic B-spline through the voxels, which takes several times as long. */
  readonly interpolation?: 'linear' | 'cubic';
  /** What lies outside of the sample: `fill` and `maskFill` (`'fill'`, the default), or the outermost voxel again (`'edge'`). */
  readonly border?: 'fill' | 'edge';
}

export interface SpatialParameters {
  /** Radians: three in 3D, one in 2D. */
  readonly rotation: readonly number[];
  /** One for each spatial axis. */
  readonly scale: readonly number[];
  /** Voxels, one for each spatial axis. */
  readonly translation: readonly number[];
  readonly elastic: ControlGrid | null;
}

/**
 * Rotation, scaling, translation and elastic deformation in a single interpolation: linear or cubic for images, which become float32, nearest for
 * masks, which keep dtype and values. Voxels are taken as cubes: resample anisotropic volumes, or rotate about one axis only.
 * (batchgenerators' `SpatialTransform`, with TorchIO's control points.)
 */
export class SpatialTransform extends Augmentation<SpatialParameters> {
  readonly name = 'SpatialTransform';
  readonly options: SpatialTransformOptions;

  /** @throws ArgumentError when a range or a probability is none, a scale is not positive, or there are fewer than 4 control points. */
  constructor(options: SpatialTransformOptions = {}) {
    super();
    this.options = options;
    const { rotation = 0, scale = 1, translation = 0, elastic } = options;
    checkProbability(options.rotationProbability ?? 1, 'rotationProbability');
    checkProbability(options.scaleProbability ?? 1, 'scaleProbability');
    checkProbability(elastic?.probability ?? 1, 'probability of elastic');
    for (const range of isTriple(rotation) ? rotation : [rotation]) checkRange(range, 'rotation');
    checkRange(scale, 'scale', 'positive');
    checkRange(translation, 'translation');
    if (elastic === undefined) return;
    const { maximumDisplacement, controlPoints = 7 } = elastic;
    if (!(maximumDisplacement >= 0 && maximumDisplacement < Infinity))
      throw new ArgumentError(`maximumDisplacement is ${maximumDisplacement}. Expected voxels, from 0 on.`);
    if (!Number.isSafeInteger(controlPoints) || controlPoints < 4)
      throw new ArgumentError(`There are ${controlPoints} controlPoints. Expected an integer from 4 on.`);
  }

  override draw(sample: Sample, rng: Rng): SpatialParameters {
    const { rotation = 0, scale = 1, scalePerAxis = false, translation = 0, elastic } = this.options;
    const { rotationProbability = 1, scaleProbability = 1 } = this.options;
    const { spatial } = spatialEntriesOf(sample, this.options);
    const rank = spatial.length;
    if (isTriple(rotation) && rank === 2)
      throw new ArgumentError('A 2D sample rotates by one angle, got ranges of three.');
    const ranges = isTriple(rotation) ? rotation : Array.from({ length: rank === 2 ? 1 : 3 }, () => rotation);
    const common = drawFactor(scale, rng.fork('scale'));
    const scales = rng.fork('scale', 'axes');
    const chances = rng.fork('applied');
    const [rotated, scaled, deformed] = [rotationProbability, scaleProbability, elastic?.probability ?? 1].map(
      (probability) => chances.uniform() < probability,
    );
    return {
      rotation: ranges.map((range) => (rotated ? drawUniform(range, rng) : 0)),
      scale: spatial.map(() => (!scaled ? 1 : scalePerAxis ? drawFactor(scale, scales) : common)),
      translation: spatial.map(() => drawUniform(translation, rng)),
      elastic: elastic === undefined || !deformed ? null : drawGrid(elastic, rank, rng.fork('elastic')),
    };
  }

  /** @throws ShapeError when entries do not lie on the same voxels. */
  override apply(sample: Sample, parameters: SpatialParameters): Sample {
    const { images, masks, spatial } = spatialEntriesOf(sample, this.options);
    const { fill = 0, maskFill = 0, border = 'fill', interpolation = 'linear' } = this.options;
    const rank = spatial.length;
    const size = this.options.size === undefined ? spatial : sizePerAxis(this.options.size, rank);
    const offset = isIdentity(parameters) ? wholeOffset(spatial, size) : null;
    // What nothing happens to is cut out, not interpolated.
    if (offset !== null) {
      const cut = sameShape(spatial, size)
        ? sample
        : cutWindow(sample, { offset, size }, this.options, border === 'edge' ? 'edge' : 'constant');
      return replaceEntries(cut, images, (array) => castArray(array, 'float32'));
    }
    const [source, target] = [extentsOf(spatial), extentsOf(size)];
    const scale = extentsOf(perAxis(parameters.scale, rank, 'scale'));
    const translation = perAxis(parameters.translation, rank, 'translation');
    const rotated = rotationMatrix(anglesOf(parameters.rotation, rank));
    const shift = rank === 2 ? [0, ...translation] : translation;
    // What moves by t is found t before.
    const centre = source.map((count, axis) => (count - 1) / 2 - shift[axis]!) as [number, number, number];
    const matrix = rotated.map((value, index) => value / scale[Math.floor(index / 3)]!);
    const plan = { source, target, matrix, centre, controlGrid: parameters.elastic, border };

    const inputs = images.map((key) => readFloat(sample[key]!));
    const outputs = images.map((key) => newEntry(sample[key]!, 'float32', spatial, size));
    const targets = outputs.map(({ data }) => data as Float32Array);
    const changed: Record<string, NDArray> = { ...sample };
    images.forEach((key, index) => (changed[key] = outputs[index]!));
    const aligned = interpolation === 'cubic' ? planAligned(plan) : null;
    if (aligned !== null) {
      warpCubicAligned(aligned, source, inputs, targets, fill);
      const tables = aligned.slice(-rank).map(({ nearest }) => nearest);
      return replaceEntries(changed, masks, (array) => gather(array, tables, maskFill));
    }
    const newMasks = masks.map((key) => newEntry(sample[key]!, sample[key]!.dtype, spatial, size));
    const channels = { voxels: sizeOf(source), newVoxels: sizeOf(target) };
    const maskRows = masks.map((key, index) =>
      rowsOf(sampleNearest, sample[key]!.data, newMasks[index]!.data, maskFill, channels),
    );
    if (interpolation === 'cubic') warpCubic(plan, inputs, targets, fill, maskRows);
    else {
      const sampleVoxels = sampleLinear(source);
      const imageRows = inputs.map((values, index) => rowsOf(sampleVoxels, values, targets[index]!, fill, channels));
      fillRows(plan, [...imageRows, ...maskRows]);
    }
    masks.forEach((key, index) => (changed[key] = newMasks[index]!));
    return changed;
  }
}

/** Fills the row at an offset in every channel of an entry. */
type FillRow = (at: number, row: WarpRow) => void;

function rowsOf<Source, Target extends DataOf[DType]>(
  sampleRow: SampleRow<Source, Target>,
  source: Source,
  target: Target,
  fill: number,
  { voxels, newVoxels }: { readonly voxels: number; readonly newVoxels: number },
): FillRow {
  return (at, row) => {
    for (let from = 0, to = at; to < target.length; from += voxels, to += newVoxels)
      sampleRow(source, from, target, to, fill, row);
  };
}

/** Every row of the new image, found once. */
function fillRows(plan: WarpOptions, entries: readonly FillRow[]): void {
  const rowAt = planWarp(plan);
  const [depth, height, width] = plan.target;
  for (let slice = 0; slice < depth; slice++) {
    for (let row = 0; row < height; row++) {
      const found = rowAt(slice, row);
      for (const fillRow of entries) fillRow((slice * height + row) * width, found);
    }
  }
}

/** As many channels at once as fit into the memory there is; the masks with the first of them. */
function warpCubic(
  plan: WarpOptions,
  images: readonly Float32Array[],
  targets: readonly Float32Array[],
  fill: number,
  maskRows: readonly FillRow[],
): void {
  const { source, target } = plan;
  const channels = images.flatMap((values, index) => {
    const newChannels = channelsOf(targets[index]!, sizeOf(target));
    return channelsOf(values, sizeOf(source)).map((channel, at) => [channel, newChannels[at]!] as const);
  });
  const width = target[2];
  const together = channelsAtOnce(source, width);
  for (let first = 0; first === 0 || first < channels.length; first += together) {
    const group = channels.slice(first, first + together);
    const { row: found, coefficients, passes, sampleRow } = openCubic(source, width, group.length);
    const imageRows = group.map(([values, newValues], index): FillRow => {
      const spline = coefficients[index]!;
      fillCoefficients(values, source, spline, passes);
      return (at, row) => {
        sampleRow(spline, 0, newValues, at, fill, row);
      };
    });
    const entries = first === 0 ? [...imageRows, ...maskRows] : imageRows;
    fillRows({ ...plan, sampled: paddedExtents(source), found }, entries);
  }
}

/** Axis by axis, where nothing is rotated. */
function warpCubicAligned(
  plan: AlignedPlan,
  source: Extents,
  images: readonly Float32Array[],
  targets: readonly Float32Array[],
  fill: number,
): void {
  const { coefficients, passes } = openCubic(source, 0, 1);
  const voxels = plan.reduce((product, { lower }) => product * lower.length, 1);
  images.forEach((values, index) => {
    const newChannels = channelsOf(targets[index]!, voxels);
    channelsOf(values, sizeOf(source)).forEach((channel, at) => {
      fillCoefficients(channel, source, coefficients[0]!, passes);
      warpAligned(coefficients[0]!, source, newChannels[at]!, plan, fill);
    });
  });
}

function channelsOf(values: Float32Array, voxels: number): readonly Float32Array[] {
  return Array.from({ length: values.length / voxels }, (_, channel) =>
    values.subarray(channel * voxels, (channel + 1) * voxels),
  );
}

function isIdentity({ rotation, scale, translation, elastic }: SpatialParameters): boolean {
  const still = rotation.every((angle) => angle === 0) && translation.every((voxels) => voxels === 0);
  return still && scale.every((factor) => factor === 1) && elastic === null;
}

/** Where a window in the middle begins, unless that lies between voxels. */
function wholeOffset(spatial: Shape, size: Shape): readonly number[] | null {
  return spatial.every((count, axis) => (count - size[axis]!) % 2 === 0) ? centredOffset(spatial, size) : null;
}

function isTriple(rotation: Range | readonly [Range, Range, Range]): rotation is readonly [Range, Range, Range] {
  return typeof rotation === 'object' && rotation.length === 3;
}

function anglesOf(rotation: readonly number[], rank: number): readonly [number, number, number] {
  const angles = perAxis(rotation, rank === 2 ? 1 : 3, 'rotation');
  return rank === 2 ? [angles[0]!, 0, 0] : [angles[0]!, angles[1]!, angles[2]!];
}

function extentsOf(values: Shape): Extents {
  const [depth, height, width] = values.length === 2 ? [1, ...values] : values;
  return [depth!, height!, width!];
}

function newEntry({ shape }: NDArray, dtype: NDArray['dtype'], spatial: Shape, size: Shape): NDArray {
  const newShape = [...shape.slice(0, shape.length - spatial.length), ...size];
  return { dtype, shape: newShape, data: allocate(dtype, sizeOf(newShape)) };
}

function drawGrid({ maximumDisplacement, controlPoints = 7 }: ElasticOptions, rank: number, rng: Rng): ControlGrid {
  const points = Array.from({ length: rank }, () => controlPoints);
  const range = [-maximumDisplacement, maximumDisplacement] as const;
  return {
    points,
    displacements: points.map(() => Array.from({ length: controlPoints ** rank }, () => drawUniform(range, rng))),
  };
}
