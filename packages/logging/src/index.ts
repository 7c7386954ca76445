export { ConsoleHandler, type ConsoleOptions } from './ConsoleHandler.js';
export { CsvHandler, type CsvOptions } from './CsvHandler.js';
export { type Formatter, formatRecord } from './formatRecord.js';
export { type Handler, type ResumePoint } from './Handler.js';
export { JsonlHandler, type JsonlOptions, type JsonlRow } from './JsonlHandler.js';
export { Logger, type LoggerOptions, type ScalarTags } from './Logger.js';
export {
  type Level,
  type LogRecord,
  type Period,
  type Position,
  type ScalarRecord,
  type TextRecord,
} from './LogRecord.js';
export { MultiStreamHandler, type StreamOptions } from './MultiStreamHandler.js';
export { ProgressBar, type ProgressBarOptions, type ProgressStart } from './ProgressBar.js';
export { type TextStream } from './TextStream.js';
