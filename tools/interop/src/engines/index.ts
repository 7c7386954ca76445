export { SkippedError } from '../SkippedError.js';
export { softwareDevice } from './softwareDevice.js';
export { ensureTfjsNode, type TfjsNode, type TfjsNodeOptions } from './tfjsNode.js';
export { type NodeProcess, tfjsNodeProcess } from './tfjsNodeProcess.js';
