import { ArgumentError } from '@delira/core';

/** What generator and discriminator are built from. */
export type DcganArchitecture = Readonly<{
  /** Channels of the images. */
  inChannels: number;
  /** Entries of the noise an image is made of. */
  noiseLength: number;
  /** Channels of the maps beside the images; each halving of the resolution doubles them. */
  features: number;
  /** Height and width of the images: a power of two, at least 8. */
  imageSize: number;
  /** The paper's normal distributions, or PyTorch's defaults. */
  initialization: 'dcgan' | 'default';
}>;

/** How often a map of 4 × 4 pixels is doubled to reach the image. */
export function stagesOf(imageSize: number): number {
  return Math.log2(imageSize) - 2;
}

/** @throws ArgumentError */
export function checkArchitecture(architecture: DcganArchitecture): void {
  const { inChannels, noiseLength, features, imageSize, initialization } = architecture;
  for (const [name, value] of Object.entries({ inChannels, noiseLength, features })) {
    if (!Number.isInteger(value) || value < 1)
      throw new ArgumentError(`DCGAN: ${name} is ${value}; it must be a positive integer.`);
  }
  if (imageSize < 8 || !Number.isInteger(Math.log2(imageSize)))
    throw new ArgumentError(
      `DCGAN: imageSize is ${imageSize}; it must be a power of two of at least 8. Resize or pad the images.`,
    );
  if (!['dcgan', 'default'].includes(initialization))
    throw new ArgumentError(`DCGAN: initialization is "${initialization}"; it must be "dcgan" or "default".`);
}
