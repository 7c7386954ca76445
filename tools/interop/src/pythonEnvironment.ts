import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PythonUnavailableError } from './PythonUnavailableError.js';
import { repositoryRoot } from './repositoryRoot.js';
import { lastLines, runProcess } from './runProcess.js';

export { PythonUnavailableError };

/** A virtual environment that holds the Python peers. */
export interface PythonEnvironment {
  /** The interpreter inside the environment. */
  readonly python: string;
  /** False when an environment with the same requirements was reused. */
  readonly created: boolean;
}

export interface PythonEnvironmentOptions {
  /** Where the environment lives. Default: `.venv-interop` in the repository. */
  readonly folder?: string;
  /** The pinned requirements. Default: `tools/interop/python/requirements.txt`. */
  readonly requirements?: string;
  /** Interpreters to try, in this order. Default: `python3`, `python`. */
  readonly interpreters?: readonly string[];
  /** Told what takes long. Default: standard error. */
  readonly report?: (message: string) => void;
}

const findInterpreter = async (candidates: readonly string[]): Promise<{ command: string; version: string }> => {
  for (const command of candidates) {
    try {
      const asked = await runProcess(command, ['-c', 'import sys; print(sys.version.split()[0])']);
      if (asked.code === 0) return { command, version: asked.stdout.trim() };
    } catch {
      // Not on this machine: the next candidate may be.
    }
  }
  throw new PythonUnavailableError(`none of ${candidates.join(', ')} starts. Install Python 3.10 or newer.`);
};

const run = async (what: string, command: string, parameters: readonly string[]): Promise<void> => {
  const { code, stdout, stderr } = await runProcess(command, parameters);
  if (code !== 0) throw new PythonUnavailableError(`${what} failed:\n${lastLines(stderr || stdout, 6)}`);
};

/**
 * Finds the Python peers, or installs them once: a virtual environment with PyTorch and the ONNX checker, reused while the
 * requirements and the interpreter stay the same. Where the plain PyTorch wheel is a large GPU build, name another index in
 * `PIP_EXTRA_INDEX_URL` before the first call.
 *
 * @throws PythonUnavailableError when there is no Python, no `venv` module or no package index; callers skip and print why.
 */
export async function ensurePythonEnvironment(options: PythonEnvironmentOptions = {}): Promise<PythonEnvironment> {
  const folder = options.folder ?? join(repositoryRoot, '.venv-interop');
  const requirements = options.requirements ?? join(repositoryRoot, 'tools/interop/python/requirements.txt');
  const report = options.report ?? ((message) => process.stderr.write(`${message}\n`));

  const interpreter = await findInterpreter(options.interpreters ?? ['python3', 'python']);
  const pinned = await readFile(requirements, 'utf8');
  const key = createHash('sha256').update(`${interpreter.version}\n${pinned}`).digest('hex');
  const mark = join(folder, 'requirements.sha256');
  const scripts = process.platform === 'win32' ? 'Scripts' : 'bin';
  const python = join(folder, scripts, process.platform === 'win32' ? 'python.exe' : 'python');
  const installed = existsSync(mark) ? await readFile(mark, 'utf8') : '';
  if (installed === key && existsSync(python)) return { python, created: false };

  report(`Installing the Python peers into ${folder} (once): ${pinned.trim().split('\n').join(', ')}`);
  await rm(folder, { recursive: true, force: true });
  await run('Creating a virtual environment', interpreter.command, ['-m', 'venv', folder]);
  await run('Installing the Python packages', python, [
    '-m',
    'pip',
    'install',
    '--no-input',
    '--disable-pip-version-check',
    '-r',
    requirements,
  ]);
  await run('Importing PyTorch', python, ['-c', 'import torch, onnx, safetensors, sklearn']);
  // Written last: an interrupted installation is started over.
  await writeFile(mark, key);
  return { python, created: true };
}
