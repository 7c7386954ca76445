import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { arch, platform } from 'node:process';
import { atMost, type Check, holds } from '../Check.js';
import type { ConformanceResult } from '../conformance.js';
import { debianFiles } from '../debianFiles.js';
import type { FlavourResult } from '../flavours.js';
import { runChild } from '../runChild.js';
import { SkippedError } from '../SkippedError.js';
import { conformanceRows } from './conformanceRows.js';

const LOSS_LIMIT = 1e-5;
const GRADIENT_LIMIT = 1e-3;

const emulator = async (): Promise<string> => {
  if (platform !== 'linux' || arch !== 'x64')
    throw new SkippedError(`The emulated CPU needs Linux on x64; this is ${platform} on ${arch}.`);
  const program = join(await debianFiles('qemu-user-static'), 'usr/bin/qemu-x86_64-static');
  if (!existsSync(program)) throw new SkippedError(`Debian's qemu-user-static has no ${program}.`);
  return program;
};

/** A blocked graph built for another CPU's block size gives wrong numbers without an error: seen only on such a CPU. */
export const blockSize: Check = {
  name: 'block-size',
  description: 'conformance and ResNet18 on an emulated CPU without AVX-512, whose blocks have 8 channels',
  async run({ report }) {
    const under = [await emulator(), '-cpu', 'Haswell'];
    report('conformance under qemu');
    const conformance = await runChild<ConformanceResult>('conformance', { under });
    report('ResNet18 under qemu');
    const flavours = await runChild<FlavourResult>('flavours', { under });
    return [
      holds(
        'the probe finds blocks of 8',
        flavours.flavour === 'tuned' && flavours.reason.includes('blocks of 8'),
        'tuned, blocks of 8',
        `${flavours.flavour}, ${flavours.reason}`,
      ),
      ...conformanceRows('Haswell', conformance),
      atMost('ResNet18, tuned against portable: loss', flavours.loss, LOSS_LIMIT),
      atMost(`ResNet18, tuned against portable: gradients, worst ${flavours.worst}`, flavours.gradient, GRADIENT_LIMIT),
    ];
  },
};
