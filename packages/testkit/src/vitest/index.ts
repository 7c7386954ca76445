export { temporaryFolder } from './temporaryFolder.js';
