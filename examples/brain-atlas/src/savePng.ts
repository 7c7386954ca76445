import type { NDArray } from '@delira/core';
import { writeFileAtomic } from '@delira/io';
import sharp from 'sharp';

/** Writes a picture, uint8 `[height, width, 3]`, as PNG. */
export async function savePng(path: string, { data, shape }: NDArray<'uint8'>): Promise<void> {
  const [height, width] = shape as unknown as readonly [number, number];
  const raw = { width, height, channels: 3 } as const;
  await writeFileAtomic(path, await sharp(data, { raw }).png({ palette: true, effort: 10 }).toBuffer());
}
