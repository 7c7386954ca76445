export type { CaseContext, ConformanceCase } from './ConformanceCase.js';
export { type CaseSelection, conformanceCases } from './conformanceCases.js';
export { type BackendCoverage, type CoverageEntry, coverageOf, formatCoverage, type Support } from './coverage.js';
export { type ContextOptions, createContext } from './createContext.js';
export { checkExpectedFailures, type ExpectedFailure, runCase } from './ExpectedFailure.js';
