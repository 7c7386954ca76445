import { fileURLToPath } from 'node:url';
import { ensureTfjsNode, type TfjsNodeOptions } from './tfjsNode.js';

/** How a process of Node is started that finds a package which is not installed for it. */
export interface NodeProcess {
  /** Options of Node, before the script. */
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * For a process in which `import('@tensorflow/tfjs-node')` gives the one built by `ensureTfjsNode`; nobody else sees it.
 *
 * @throws SkippedError where it cannot be built.
 */
export async function tfjsNodeProcess(options: TfjsNodeOptions = {}): Promise<NodeProcess> {
  const { folder } = await ensureTfjsNode(options);
  return {
    options: ['--import', fileURLToPath(new URL('./registerTfjsNode.js', import.meta.url))],
    // TensorFlow announces on standard error which instructions it uses.
    environment: { DELIRA_TFJS_NODE: folder, TF_CPP_MIN_LOG_LEVEL: '2' },
  };
}
