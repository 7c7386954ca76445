import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolders, readPackage } from './workspace.mjs';

const START = '<!-- packages: written by `npm run generate -- --sync` -->';
const END = '<!-- /packages -->';

/** @param {string} root */
function packageTable(root) {
  const packages = packageFolders(root).map((folder) => {
    const json = readPackage(root, folder);
    const layer = json.nx?.tags?.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? '';
    return [layer, `[\`${json.name}\`](${folder})`, json.description ?? ''];
  });
  packages.sort(([a = ''], [b = '']) => (a === b ? 0 : a < b ? -1 : 1));
  const rows = [['layer', 'package', 'what it is'], ['', '', ''], ...packages];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row, index) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0, index === 1 ? '-' : ' ')).join(' | '),
  );
  return lines.map((line) => `| ${line} |`).join('\n');
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
