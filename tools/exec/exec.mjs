#!/usr/bin/env node
import { spawn } from 'node:child_process';

// A root script says `exec node …` so that no shell stands between npm and the program: a signal sent to npm then reaches the
// program, and its exit code becomes npm's. POSIX shells know the word; on Windows npm finds this file under its name.
const [command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: 'inherit' });
// The console tells the child as well, and this process has to outlive it.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGBREAK'])) process.on(signal, () => undefined);
child.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 127;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 130);
});
