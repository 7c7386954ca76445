export { checkResumable } from './checkResumable.js';
export { numberOption, type NumberRange } from './numberOption.js';
export { shownPath } from './shownPath.js';
export { type Program, startProgram, type Surroundings } from './startProgram.js';
