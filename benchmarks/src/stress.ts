import { runProgram } from './runProgram.js';
import { stresses } from './stresses/index.js';

process.exitCode = await runProgram('stress', stresses, process.argv.slice(2));
