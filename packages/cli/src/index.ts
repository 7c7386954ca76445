export type { Command, Output } from './commands/Command.js';
export { ConfigError } from './config/ConfigError.js';
export type { DataSource, InputCase, LoadedInput, OpenedData } from './data/DataSource.js';
export { factory, type Factory } from './registries/Factory.js';
export {
  type AnyLoss,
  type AnyNetwork,
  type AnyTensors,
  createRegistries,
  type DataFacts,
  type DatasetFacts,
  type Registries,
  type ScheduleFacts,
} from './registries/Registries.js';
export { runCommandLine } from './runCommandLine.js';
export { ModuleError } from './session/ModuleError.js';
export { UsageError } from './UsageError.js';
