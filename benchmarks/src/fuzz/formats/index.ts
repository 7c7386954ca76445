import type { FuzzFormat } from '../FuzzFormat.js';
import { arrays } from './arrays.js';
import { dicom } from './dicom.js';
import { images } from './images.js';
import { texts } from './texts.js';
import { volumes } from './volumes.js';

/** Every format that is read from files, or texts, of others. */
export const formats: readonly FuzzFormat[] = [...volumes, dicom, ...images, ...arrays, ...texts];

/** @throws RangeError listing the names. */
export function formatNamed(name: string): FuzzFormat {
  const found = formats.find((format) => format.name === name);
  if (found === undefined)
    throw new RangeError(`There is no format ${name}, but ${formats.map((format) => format.name).join(', ')}.`);
  return found;
}
