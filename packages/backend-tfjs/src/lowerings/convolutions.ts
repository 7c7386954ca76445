import type { Tensor } from '@tensorflow/tfjs-core';
import type { Kernels } from '../engines/Kernels.js';
import { Value } from '../Value.js';
import { convolve } from './convolve.js';
import { convolveTransposed } from './convolveTransposed.js';
import { correlateWindows } from './correlateWindows.js';
import type { Lower } from './Lower.js';

/** A part of the last axis. */
function lastAxis(kernels: Kernels, x: Tensor, begin: number, size: number): Tensor {
  return kernels.slice(
    x,
    x.shape.map((_, axis) => (axis === x.rank - 1 ? begin : 0)),
    x.shape.map((extent, axis) => (axis === x.rank - 1 ? size : extent)),
  );
}

/** Computes each group by itself and joins the results along their last axis. */
function perGroup(kernels: Kernels, groups: number, body: (group: number) => Tensor): Tensor {
  const parts = Array.from({ length: groups }, (_, group) => body(group));
  return kernels.concat(parts, parts[0]!.rank - 1);
}

/** One of `groups` equal parts of the last axis. */
function part(kernels: Kernels, x: Tensor, groups: number, group: number): Tensor {
  const size = x.shape.at(-1)! / groups;
  return lastAxis(kernels, x, group * size, size);
}

export const conv: Lower<'conv'> = ([x, kernel], attrs, [out]) => {
  const { kernels } = x!;
  const [map, filter] = [x!.as('channelsLast'), kernel!.as('filter')];
  const convolved = perGroup(kernels, attrs.groups, (group) =>
    convolve(kernels, part(kernels, map, attrs.groups, group), part(kernels, filter, attrs.groups, group), attrs),
  );
  return [new Value(kernels, out!.shape, convolved, 'channelsLast')];
};

export const convTranspose: Lower<'convTranspose'> = ([y, kernel], attrs, [out]) => {
  const { kernels } = y!;
  const [map, filter] = [y!.as('channelsLast'), kernel!.as('filter')];
  const spread = perGroup(kernels, attrs.groups, (group) =>
    convolveTransposed(
      kernels,
      part(kernels, map, attrs.groups, group),
      part(kernels, filter, attrs.groups, group),
      attrs,
    ),
  );
  return [new Value(kernels, out!.shape, spread, 'channelsLast')];
};

export const convKernelGrad: Lower<'convKernelGrad'> = ([x, y], attrs, [out]) => {
  const { kernels } = x!;
  const [map, gradient] = [x!.as('channelsLast'), y!.as('channelsLast')];
  const filter = perGroup(kernels, attrs.groups, (group) =>
    correlateWindows(
      kernels,
      part(kernels, map, attrs.groups, group),
      part(kernels, gradient, attrs.groups, group),
      attrs.kernel,
      attrs,
    ),
  );
  return [new Value(kernels, out!.shape, filter, 'filter')];
};
