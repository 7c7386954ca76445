import { type Check, holds } from '../Check.js';
import { ensureTfjsNode } from '../engines/tfjsNode.js';
import { tfjsNodeProcess } from '../engines/tfjsNodeProcess.js';
import { runChild } from '../runChild.js';
import type { TfjsConformanceResult } from '../tfjsConformance.js';
import { conformanceRows } from './conformanceRows.js';

/** TensorFlow's C library behind TensorFlow.js. */
export const tfjsNode: Check = {
  name: 'tfjs-node',
  description: "conformance of tfjs-node on the C library of Python's tensorflow-cpu wheel",
  async run({ report }) {
    const { version } = await ensureTfjsNode({ report });
    const { options, environment } = await tfjsNodeProcess({ report });
    report('conformance');
    const parameters = ['--engine', 'tfjs-node'];
    const result = await runChild<TfjsConformanceResult>('tfjsConformance', { parameters, options, environment });
    return [
      holds(`${version}: the engine`, result.engine === 'tfjs-node', 'tfjs-node', result.engine),
      ...conformanceRows('tfjs-node', result),
    ];
  },
};
