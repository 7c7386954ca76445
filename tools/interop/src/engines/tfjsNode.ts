import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { arch, execPath, platform } from 'node:process';
import { repositoryRoot } from '../repositoryRoot.js';
import { lastLines, runProcess } from '../runProcess.js';
import { SkippedError } from '../SkippedError.js';

const TFJS_NODE = '4.22.0';
/** node-gyp for all Node versions of this project. */
const NODE_GYP = '10.3.1';
/** The newest with the headers that tfjs-node's addon includes and with both libraries as files of their own. */
const TENSORFLOW = '2.15.1';
const NAPI = 8;

/** A tfjs-node that was built here. */
export interface TfjsNode {
  /** Holds `node_modules/@tensorflow/tfjs-node`. */
  readonly folder: string;
  /** E.g. `tfjs-node 4.22.0, libtensorflow 2.15.1`. */
  readonly version: string;
}

export interface TfjsNodeOptions {
  /** Default: `.venv-interop-tfjs-node` in the repository. */
  readonly folder?: string;
  /** Told what takes long. Default: standard error. */
  readonly report?: (message: string) => void;
}

const run = async (what: string, command: string, parameters: readonly string[], folder: string): Promise<void> => {
  const finished = await runProcess(command, parameters, { folder }).catch((error: unknown) => {
    throw new SkippedError(`${what} needs ${command}, which does not start here (${String(error)}).`);
  });
  if (finished.code === 0) return;
  throw new SkippedError(`${what} failed: ${lastLines(finished.stderr || finished.stdout, 4)}`);
};

/** Of the wheel, which is no use to an interpreter here: only the C library and its headers. */
const UNPACK = `
import sys, zipfile
wanted = ('tensorflow/include/', 'tensorflow/libtensorflow_cc.so', 'tensorflow/libtensorflow_framework.so')
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith(wanted)])
`;

/** The C library of TensorFlow, as Python's wheel carries it: whichever Python is here, the wheel is of one that has it. */
const unpackTensorflow = async (folder: string): Promise<void> => {
  const wheels = join(folder, 'wheels');
  const platforms = ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'].flatMap((name) => ['--platform', name]);
  const version = ['--implementation', 'cp', '--python-version', '311', '--only-binary=:all:', ...platforms];
  await run(
    'Downloading libtensorflow',
    'python3',
    ['-m', 'pip', 'download', '--no-deps', ...version, '--dest', wheels, `tensorflow-cpu==${TENSORFLOW}`],
    folder,
  );
  const [wheel] = await readdir(wheels);
  if (wheel === undefined) throw new SkippedError('pip said it downloaded tensorflow-cpu, but left no wheel.');
  await run('Unpacking libtensorflow', 'python3', ['-c', UNPACK, join(wheels, wheel), folder], folder);
  await rm(wheels, { recursive: true });
};

/** What tfjs-node's own installer would have put there. */
const linkLibrary = async (tensorflow: string, addon: string): Promise<void> => {
  const libraries = join(addon, 'deps/lib');
  await mkdir(libraries, { recursive: true });
  await symlink(join(tensorflow, 'include'), join(addon, 'deps/include'));
  for (const [name, wanted] of [
    ['libtensorflow_cc.so.2', 'libtensorflow.so'],
    ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'],
  ] as const) {
    await symlink(join(tensorflow, name), join(libraries, name));
    await symlink(name, join(libraries, wanted));
  }
};

const compile = async (folder: string, addon: string): Promise<void> => {
  const prefix = dirname(dirname(execPath));
  // Where Node brings no headers, node-gyp looks for them as it is configured to.
  const headers = existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
  const definitions = [
    '-Dmodule_name=tfjs_binding',
    `-Dmodule_path=${join(addon, `lib/napi-v${NAPI}`)}`,
    `-Dnapi_build_version=${NAPI}`,
  ];
  const gyp = join(folder, 'node_modules/node-gyp/bin/node-gyp.js');
  await run('Compiling tfjs-node', execPath, [gyp, 'rebuild', ...headers, '--', ...definitions], addon);
};

/**
 * Builds `@tensorflow/tfjs-node` once, in a folder of its own and nowhere else: its installer fetches libtensorflow from a place that many
 * networks do not reach, while Python's `tensorflow-cpu` wheel carries the same C library and its headers. Needs Linux on x64, pip, npm and a
 * C++ compiler with make.
 *
 * @throws SkippedError where one of them is missing, or a registry cannot be reached.
 */
export async function ensureTfjsNode(options: TfjsNodeOptions = {}): Promise<TfjsNode> {
  const folder = options.folder ?? join(repositoryRoot, '.venv-interop-tfjs-node');
  const report = options.report ?? ((message) => void process.stderr.write(`${message}\n`));
  if (platform !== 'linux' || arch !== 'x64')
    throw new SkippedError(`libtensorflow is taken from the Linux wheel for x64; this is ${platform} on ${arch}.`);
  const version = `tfjs-node ${TFJS_NODE}, libtensorflow ${TENSORFLOW}`;
  const key = `${version}, Node ${process.versions.modules}\n`;
  const mark = join(folder, 'built');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === key) return { folder, version };

  report(`Building ${version} in ${folder} (once, 250 MB to download)`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "name": "tfjs-node-scratch", "private": true }\n');
  await run(
    'Installing tfjs-node without its scripts',
    'npm',
    ['install', '--ignore-scripts', `@tensorflow/tfjs-node@${TFJS_NODE}`, `node-gyp@${NODE_GYP}`],
    folder,
  );
  await unpackTensorflow(folder);
  const addon = join(folder, 'node_modules/@tensorflow/tfjs-node');
  await linkLibrary(join(folder, 'tensorflow'), addon);
  await compile(folder, addon);
  await run('Loading tfjs-node', execPath, ['-e', "require('@tensorflow/tfjs-node')"], folder);
  // Written last: an interrupted build is started over.
  await writeFile(mark, key);
  return { folder, version };
}
