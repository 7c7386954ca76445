import { type Check, holds } from '../Check.js';
import type { ConformanceResult } from '../conformance.js';
import { softwareDevice } from '../engines/softwareDevice.js';
import { runChild } from '../runChild.js';
import { conformanceRows } from './conformanceRows.js';

/** The portable flavour on a GPU's programming model. */
export const webgpu: Check = {
  name: 'webgpu',
  description: 'conformance of the webgpu provider on a software device',
  async run({ report }) {
    const environment = await softwareDevice();
    report('conformance on SwiftShader');
    const result = await runChild<ConformanceResult>('conformance', {
      parameters: ['--provider', 'webgpu'],
      environment,
    });
    return [
      holds('the flavour', result.flavour === 'portable', 'portable', result.flavour),
      ...conformanceRows('webgpu', result),
    ];
  },
};
