import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkWorkspace } from './check.mjs';
import { writePackageTable } from './table.mjs';
import { USAGE, UsageError, parseRequest } from './request.mjs';
import { createPackage } from './workspace.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @param {readonly string[]} args */
function main(args) {
  const parsed = parseRequest(args);
  if (parsed.command === 'help') {
    console.log(USAGE);
  } else if (parsed.command === 'sync') {
    console.log(writePackageTable(root) ? 'README.md: package table written anew.' : 'README.md is current.');
  } else if (parsed.command === 'check') {
    const problems = checkWorkspace(root);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
    else console.log('All packages look alike, and the lists are current.');
  } else {
    for (const path of createPackage(root, parsed.request)) console.log(`created ${path}`);
    if (!parsed.request.program) writePackageTable(root);
    console.log('\nNext: npm install, write src/ and tests/, then npm run changeset.');
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
