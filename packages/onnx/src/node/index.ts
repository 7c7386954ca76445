export { exportOnnx, type ExportedFiles } from './exportOnnx.js';
