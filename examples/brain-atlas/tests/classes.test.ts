import { describe, expect, it } from 'vitest';
import { CLASS_NAMES } from '../src/index.js';
import { classOf } from '../src/classes.js';

describe('classOf', () => {
  it.each([
    ['Left Cerebrum:Temporal Lobe:Inf Temporal Gyrus:Gray Matter:Brodmann area 20', 'temporal lobe'],
    ['Right Cerebrum:Sub-lobar:Thalamus:Gray Matter:Pulvinar', 'sub-lobar'],
    ['Inter-Hemispheric:Occipital Lobe: : : ', 'occipital lobe'],
    ['Left Cerebellum:Anterior Lobe:Culmen:Gray Matter: ', 'cerebellum'],
    ['Right Cerebellum: : :Gray Matter: ', 'cerebellum'],
    ['Left Brainstem:Midbrain: :Gray Matter: ', 'brain stem'],
    ['Left Cerebrum: :Sup Temporal Gyr:Gray Matter:Brodmann area 38', 'background'],
    [' : : : : ', 'background'],
  ])('%s is %s', (label, name) => {
    expect(CLASS_NAMES[classOf(label)]).toBe(name);
  });
});
