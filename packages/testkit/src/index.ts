export { captureConsole, type ConsoleLine } from './captureConsole.js';
export { checkGradients, type GradientCheck } from './checkGradients.js';
export { expectClose } from './expectClose.js';
export { expectEqual } from './expectEqual.js';
export { type FixtureArray, fixtureArray, loadFixture } from './fixtures.js';
export { type FormulaArray, formulaArrays, probe, type Probe, spread, unitHash } from './formulas.js';
export { randomArray } from './randomArray.js';
export type { Tolerance } from './Tolerance.js';
