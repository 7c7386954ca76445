export { type Component, readComponent } from './components/Component.js';
export {
  componentFactory,
  type ComponentFactory,
  createComponent,
  createComponents,
  createNamedComponents,
} from './components/createComponent.js';
export { Config } from './Config.js';
export { type Issue, ParametersError } from './errors.js';
export type {
  Hierarchy,
  ParameterTree,
  Sections,
  TrainingOnTop,
  Variabilities,
  VariabilityOnTop,
} from './hierarchies.js';
export { Parameters } from './Parameters.js';
export * as schema from './schema/index.js';
export type { OutputOf, Schema, SchemaIssue, SchemaResult } from './schema/Schema.js';
export { type Assignment, parseAssignment } from './text/parseAssignment.js';
export { type ParseOptions, parseText } from './text/parseText.js';
export { formatOfPath, type TextFormat } from './text/TextFormat.js';
export { stringifyValues } from './text/stringifyValues.js';
export type { NestedGetAllOptions, NestedGetOptions } from './tree/nestedGet.js';
export { type Path, parsePath, printPath } from './tree/paths.js';
export type { ChangeOptions } from './tree/replaceAt.js';
export type { Values } from './tree/Values.js';
