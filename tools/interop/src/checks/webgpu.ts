import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:process';
import { type Check, holds } from '../Check.js';
import type { ConformanceResult } from '../conformance.js';
import { debianFiles } from '../debianFiles.js';
import { runChild } from '../runChild.js';
import { SkippedError } from '../SkippedError.js';
import { conformanceRows } from './conformanceRows.js';

/** A Vulkan device in software: SwiftShader and a Vulkan loader, as Debian packs them with chromium. */
const softwareDevice = async (): Promise<Readonly<Record<string, string>>> => {
  if (platform !== 'linux') throw new SkippedError(`The software device comes from Debian; this is ${platform}.`);
  const folder = join(await debianFiles('chromium-common'), 'usr/lib/chromium');
  const driver = join(folder, 'vk_swiftshader_icd.json');
  if (!existsSync(driver)) throw new SkippedError(`Debian's chromium-common has no ${driver}.`);
  return { VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: folder };
};

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
