import { type Check, holds } from '../Check.js';
import { softwareDevice } from '../engines/softwareDevice.js';
import { runChild } from '../runChild.js';
import type { TfjsConformanceResult } from '../tfjsConformance.js';
import { conformanceRows } from './conformanceRows.js';

/** TensorFlow.js on a GPU's programming model. */
export const tfjsWebgpu: Check = {
  name: 'tfjs-webgpu',
  description: 'conformance of tfjs on WebGPU, on a software device',
  async run({ report }) {
    const environment = await softwareDevice();
    report('conformance on SwiftShader');
    const parameters = ['--engine', 'webgpu'];
    const result = await runChild<TfjsConformanceResult>('tfjsConformance', { parameters, environment });
    return [
      holds('the engine', result.engine === 'webgpu', 'webgpu', result.engine),
      ...conformanceRows('tfjs-webgpu', result),
    ];
  },
};
