export { boxOf, fromSagittalSlices, sagittalSlices } from './blocks.js';
export { CLASS_NAMES, CLASSES } from './classes.js';
export { type Brain, readBrain } from './readBrain.js';
export { type SegmentationTask, type TaskPrediction } from './SegmentationTask.js';
export { startTask } from './startTask.js';
