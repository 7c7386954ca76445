import { benches } from './benches/index.js';
import { runProgram } from './runProgram.js';

process.exitCode = await runProgram('bench', benches, process.argv.slice(2));
