export { type Ending, exampleStarter, type StartExample } from './exampleStarter.js';
export { linesIn, pause } from './watching.js';
