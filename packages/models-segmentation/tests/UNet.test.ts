import { namedVariables, sizeOf } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { UNet2d, UNet3d } from '../src/index.js';

describe('parameters', () => {
  const count = (network: UNet2d | UNet3d): number =>
    [...namedVariables(network).values()].reduce((sum, { aval }) => sum + sizeOf(aval.shape), 0);

  it.each([
    [new UNet2d({ numClasses: 4 }), 31_030_788],
    [new UNet2d({ numClasses: 5 }), 31_030_853],
    [new UNet2d({ numClasses: 4, upMode: 'upsample' }), 28_941_828],
    [new UNet2d({ numClasses: 4, mergeMode: 'add' }), 27_897_348],
    [new UNet3d({ numClasses: 4, inChannels: 1 }), 90_292_868],
    [new UNet3d({ numClasses: 4 }), 90_292_868 + 2 * 27 * 64],
  ])('$constructor.type $config.upMode $config.mergeMode: %#', (network, expected) => {
    expect(count(network)).toBe(expected);
  });
});
