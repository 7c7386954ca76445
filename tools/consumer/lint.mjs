import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { readFileSync } from 'node:fs';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** @typedef {import('./install.mjs').Installed} Installed */

/** How packages are resolved that have no CommonJS and no `main`. */
const ESM_ONLY = ['node16-esm', 'bundler'];

/** What publint says of a package. @param {Installed} installed */
async function* manifestProblems({ manifest, folder }) {
  const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true });
  for (const message of messages) yield `${manifest.name}: ${formatMessage(message, pkg, { color: false })}`;
}

/** What attw says of a package's types. @param {Installed} installed */
async function* typeProblems({ manifest, tarball }) {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
  if (!result.types) {
    yield `${manifest.name}: has no types`;
    return;
  }
  for (const problem of result.problems)
    if (!('resolutionKind' in problem) || ESM_ONLY.includes(problem.resolutionKind))
      yield `${manifest.name}: ${JSON.stringify(problem)}`;
}

/** @param {readonly Installed[]} packages */
export async function lintPackages(packages) {
  const problems = [];
  for (const installed of packages)
    for (const source of [manifestProblems(installed), typeProblems(installed)])
      for await (const problem of source) problems.push(problem);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
