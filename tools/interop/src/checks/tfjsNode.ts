import { type Check, holds } from '../Check.js';
import { ensureTfjsNode } from '../engines/tfjsNode.js';
import { lastLines, runProcess } from '../runProcess.js';

/** One convolution learns for five steps; by itself, without this project. */
const LEARNS = `
const tf = require('@tensorflow/tfjs-node');
const kernel = tf.variable(tf.randomNormal([3, 3, 1, 4], 0, 1, 'float32', 1));
const images = tf.randomNormal([8, 12, 12, 1], 0, 1, 'float32', 2);
const optimizer = tf.train.sgd(0.01);
const losses = Array.from({ length: 5 }, () => {
  const loss = optimizer.minimize(() => tf.conv2d(images, kernel, 1, 'same').square().mean(), true);
  return loss.dataSync()[0];
});
console.log(JSON.stringify({ backend: tf.getBackend(), losses }));
`;

/** TensorFlow's C library behind TensorFlow.js. */
export const tfjsNode: Check = {
  name: 'tfjs-node',
  description: "tfjs-node on the C library of Python's tensorflow-cpu wheel",
  async run({ report }) {
    const { folder, version } = await ensureTfjsNode({ report });
    const finished = await runProcess(process.execPath, ['-e', LEARNS], { folder });
    if (finished.code !== 0) throw new Error(`tfjs-node stopped:\n${lastLines(finished.stderr, 8)}`);
    const { backend, losses } = JSON.parse(lastLines(finished.stdout, 1)) as { backend: string; losses: number[] };
    const falls = losses.every((loss, step) => step === 0 || loss < (losses[step - 1] ?? -Infinity));
    return [
      holds(`${version}: the engine`, backend === 'tensorflow', 'tensorflow', backend),
      holds(
        `${version}: the loss of a convolution falls`,
        falls,
        'every step',
        losses.map((x) => x.toFixed(3)).join(' '),
      ),
    ];
  },
};
