import type sharp from 'sharp';
import { importOptional } from '../files/importOptional.js';

/** @throws MissingPackageError */
export async function loadSharp(): Promise<typeof sharp> {
  return (await importOptional('sharp', 'Reading and writing images', () => import('sharp'))).default;
}
