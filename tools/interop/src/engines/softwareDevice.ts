import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:process';
import { debianFiles } from '../debianFiles.js';
import { SkippedError } from '../SkippedError.js';

/**
 * The environment of a process that finds a Vulkan device in software: SwiftShader and a Vulkan loader, as Debian packs them with chromium.
 *
 * @throws SkippedError where they cannot be had.
 */
export async function softwareDevice(): Promise<Readonly<Record<string, string>>> {
  if (platform !== 'linux') throw new SkippedError(`The software device comes from Debian; this is ${platform}.`);
  const folder = join(await debianFiles('chromium-common'), 'usr/lib/chromium');
  const driver = join(folder, 'vk_swiftshader_icd.json');
  if (!existsSync(driver)) throw new SkippedError(`Debian's chromium-common has no ${driver}.`);
  return { VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: folder };
}
