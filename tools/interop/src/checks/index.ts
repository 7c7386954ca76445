import type { Check } from '../Check.js';
import { augmentation } from './augmentation.js';
import { blockSize } from './blockSize.js';
import { engine } from './engine.js';
import { imaging } from './imaging.js';
import { learning } from './learning.js';
import { onnxFiles } from './onnxFiles.js';
import { recordedFixtures } from './recordedFixtures.js';
import { reference } from './reference.js';
import { tfjsNode } from './tfjsNode.js';
import { tfjsWebgpu } from './tfjsWebgpu.js';
import { trajectories } from './trajectories.js';
import { webgpu } from './webgpu.js';

/** Every comparison, in the order it runs. A new one is a file beside this one and a row here. */
export const checks: readonly Check[] = [
  recordedFixtures,
  reference,
  imaging,
  augmentation,
  engine,
  onnxFiles,
  blockSize,
  webgpu,
  tfjsNode,
  tfjsWebgpu,
  trajectories,
  learning,
];
