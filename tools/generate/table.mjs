import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolders, readPackage } from './workspace.mjs';

const START = '<!-- packages: written by `npm run generate -- --sync` -->';
const END = '<!-- /packages -->';

/** @param {string} root */
function packageTable(root) {
  const rows = packageFolders(root).map((folder) => {
    const json = readPackage(root, folder);
    const layer = json.nx?.tags?.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? '';
    return { layer, text: `| ${layer} | [\`${json.name}\`](${folder}) | ${json.description ?? ''} |` };
  });
  rows.sort((a, b) => (a.layer === b.layer ? 0 : a.layer < b.layer ? -1 : 1));
  return ['| layer | package | what it is |', '| --- | --- | --- |', ...rows.map(({ text }) => text)].join('\n');
}

/**
 * The README with the package table as it should be.
 *
 * @param {string} root
 * @returns {{ readonly current: string, readonly wanted: string }}
 */
export function readmeWithTable(root) {
  const current = readFileSync(join(root, 'README.md'), 'utf8');
  const start = current.indexOf(START);
  const end = current.indexOf(END);
  if (start < 0 || end < start) throw new Error(`README.md: expected the lines ${START} and ${END}.`);
  const wanted = `${current.slice(0, start + START.length)}\n\n${packageTable(root)}\n\n${current.slice(end)}`;
  return { current, wanted };
}

/** Returns whether the README had to be changed. @param {string} root */
export function writePackageTable(root) {
  const { current, wanted } = readmeWithTable(root);
  if (current === wanted) return false;
  writeFileSync(join(root, 'README.md'), wanted);
  return true;
}
