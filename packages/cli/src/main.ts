#!/usr/bin/env node
import { runCommandLine } from './runCommandLine.js';

const code = await runCommandLine(process.argv.slice(2), {
  print: (text) => void process.stdout.write(text),
  stream: process.stderr,
});
process.exitCode = code;
