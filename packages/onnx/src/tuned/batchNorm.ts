import { type Primitives, sizeOf, type ValueId } from '@delira/core';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import { channelDots, channelMeans, channelSums } from './channelSums.js';
import { fitsLayout } from './Layout.js';
import { scaleChannels } from './nchwc.js';
import type { TunedLowering, TunedStep } from './TunedStep.js';

type Attrs = Primitives['batchNorm'];

/** Values per channel. */
const countOf = (shape: readonly number[]): number => sizeOf(shape) / shape[1]!;

function onesPerChannel({ graph }: TunedStep, channels: number): OnnxValue {
  return graph.constant({ dtype: 'float32', shape: [channels], data: new Float32Array(channels).fill(1) });
}

/** x − mean. The square of this, unlike E[x²] − mean², loses no digits when the mean is large; the backward pass needs it again. */
function centered(step: TunedStep, x: ValueId, mean: OnnxValue): OnnxValue {
  const { graph, values } = step;
  return step.remember(`centered:${x}:${mean.name}`, () => {
    const image = values.get(x, 'blocked');
    const ones = step.remember(`ones:${image.shape[1]}`, () => onesPerChannel(step, image.shape[1]!));
    return scaleChannels(graph, image, ones, { bias: graph.node('Neg', [mean], mean.shape) });
  });
}

/** 1 / √(variance + epsilon). */
function inverseDeviation({ graph }: TunedStep, variance: OnnxValue, epsilon: number): OnnxValue {
  const shifted = graph.binary('Add', variance, graph.scalar(epsilon));
  return graph.node('Reciprocal', [graph.node('Sqrt', [shifted], shifted.shape)], shifted.shape);
}

/** Statistics as convolutions and poolings over the blocked map; normalisation, residual sum and ReLU in one pass. */
export const tunedBatchNorm: TunedLowering<Attrs> = (step, { inputs, outputs, attrs }) => {
  const { graph, block, values } = step;
  const [x, scale, bias] = inputs as [ValueId, ValueId, ValueId];
  const [y, mean, variance] = outputs as [ValueId, ValueId, ValueId];
  const aval = step.aval(x);
  if (!fitsLayout(aval, 'blocked', block)) return false;

  const means = channelMeans(graph, values.get(x, 'blocked'), block);
  const difference = centered(step, x, means);
  const squares = channelDots(graph, difference, difference, block);
  const variances = graph.binary('Div', squares, graph.scalar(countOf(aval.shape)));
  const factor = graph.binary('Mul', values.get(scale, 'plain'), inverseDeviation(step, variances, attrs.epsilon));
  const offset = values.get(bias, 'plain');
  values.define(mean, means, 'plain');
  values.define(variance, variances, 'plain');
  values.defer(y, {
    epilogue: { bias: offset },
    emit: (epilogue) => scaleChannels(graph, difference, factor, epilogue),
  });
  return true;
};

/** dx = factor · dy − factor · (Σdy + x̂ · Σ(dy · x̂)) / count in two passes, with the difference x − mean of the forward pass. */
export const tunedBatchNormGrad: TunedLowering<Attrs> = (step, { inputs, outputs, attrs }) => {
  const { graph, block, values } = step;
  const [x, scale, mean, variance, grad] = inputs as [ValueId, ValueId, ValueId, ValueId, ValueId];
  const [dx, dScale, dBias] = outputs as [ValueId, ValueId, ValueId];
  const aval = step.aval(x);
  if (!fitsLayout(aval, 'blocked', block)) return false;
  const minusPerValue = graph.scalar(-1 / countOf(aval.shape));

  const difference = centered(step, x, values.get(mean, 'plain'));
  const dy = values.get(grad, 'blocked');
  const inverse = inverseDeviation(step, values.get(variance, 'plain'), attrs.epsilon);
  const factor = graph.binary('Mul', values.get(scale, 'plain'), inverse);
  const biasGrad = channelSums(graph, dy, block);
  const scaleGrad = graph.binary('Mul', channelDots(graph, dy, difference, block), inverse);
  const perCount = graph.binary('Mul', factor, minusPerValue);
  const slope = graph.binary('Mul', graph.binary('Mul', perCount, inverse), scaleGrad);
  const shared = scaleChannels(graph, difference, slope, { bias: graph.binary('Mul', perCount, biasGrad) });
  values.define(dx, scaleChannels(graph, dy, factor, { sum: shared }), 'blocked');
  values.define(dScale, scaleGrad, 'plain');
  values.define(dBias, biasGrad, 'plain');
  return true;
};
