export { isModule, Module } from './Module.js';
export { namedModules, namedVariables, paramsOf, setTrainable } from './namedVariables.js';
export { type Initializer, isVariable, Variable, type VariableKind } from './Variable.js';
export { withModuleScopes } from './withModuleScopes.js';
