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
function centered(step: TunedStep, x: ValueId, mean: ValueId, meansOfChannels: () => OnnxValue): OnnxValue {
  const { graph, values } = step;
  return step.remember(`centered:${x}:${mean}`, () => {
    const image = values.get(x, 'blocked');
    const means = meansOfChannels();
    const ones = step.remember(`ones:${image.shape[1]}`, () => onesPerChannel(step, image.shape[1]!));
    return scaleChannels(graph, image, ones, { bias: graph.node('Neg', [means], means.shape) });
  });
}

/** 1 / √(variance + epsilon). */
function inverseDeviation({ graph }: TunedStep, variance: OnnxValue, epsilon: number): OnnxValue {
  const shifted = graph.binary('Add', variance, graph.scalar(epsilon));
  return graph.node('Reciprocal', [graph.node('Sqrt', [shifted], shifted.shape)], shifted.shape);
}

/** Means of a value per channel over groups of neighbours, for each channel again: [C]. */
function shareInGroups({ graph }: TunedStep, value: OnnxValue, { groups }: Attrs): OnnxValue {
  const channels = value.shape[0]!;
  if (groups === undefined || groups === channels) return value;
  const perGroup = channels / groups;
  const sums = graph.node('ReduceSum', [graph.reshape(value, [groups, perGroup]), graph.int64([1])], [groups, 1]);
  const means = graph.binary('Div', sums, graph.scalar(perGroup));
  const repeated = graph.node('Expand', [means, graph.int64([groups, perGroup])], [groups, perGroup]);
  return graph.reshape(repeated, [channels]);
}

/** One value of each group, from equal ones for all of its channels. */
function ofGroups({ graph }: TunedStep, value: OnnxValue, { groups }: Attrs): OnnxValue {
  const channels = value.shape[0]!;
  if (groups === undefined || groups === channels) return value;
  return graph.reshape(graph.slice(graph.reshape(value, [groups, channels / groups]), [0], [1], [1]), [groups]);
}

/** A value per group for each of its channels: [C]. */
function ofChannels({ graph }: TunedStep, value: OnnxValue, channels: number): OnnxValue {
  const groups = value.shape[0]!;
  if (groups === channels) return value;
  const shape = [groups, channels / groups];
  return graph.reshape(graph.node('Expand', [graph.reshape(value, [groups, 1]), graph.int64(shape)], shape), [
    channels,
  ]);
}

/** Statistics as convolutions and poolings over the blocked map; normalisation, residual sum and ReLU in one pass. */
export const tunedBatchNorm: TunedLowering<Attrs> = (step, { inputs, outputs, attrs }) => {
  const { graph, block, values } = step;
  const [x, scale, bias] = inputs as [ValueId, ValueId, ValueId];
  const [y, mean, variance] = outputs as [ValueId, ValueId, ValueId];
  const aval = step.aval(x);
  if (!fitsLayout(aval, 'blocked', block)) return false;

  const means = shareInGroups(step, channelMeans(graph, values.get(x, 'blocked'), block), attrs);
  const difference = centered(step, x, mean, () => means);
  const squares = channelDots(graph, difference, difference, block);
  const variances = shareInGroups(step, graph.binary('Div', squares, graph.scalar(countOf(aval.shape))), attrs);
  const factor = graph.binary('Mul', values.get(scale, 'plain'), inverseDeviation(step, variances, attrs.epsilon));
  const offset = values.get(bias, 'plain');
  values.define(mean, ofGroups(step, means, attrs), 'plain');
  values.define(variance, ofGroups(step, variances, attrs), 'plain');
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
  const statistic = (id: ValueId): OnnxValue => ofChannels(step, values.get(id, 'plain'), aval.shape[1]!);

  const difference = centered(step, x, mean, () => statistic(mean));
  const dy = values.get(grad, 'blocked');
  const inverse = inverseDeviation(step, statistic(variance), attrs.epsilon);
  const scales = values.get(scale, 'plain');
  const factor = graph.binary('Mul', scales, inverse);
  const biasGrad = channelSums(graph, dy, block);
  const scaleGrad = graph.binary('Mul', channelDots(graph, dy, difference, block), inverse);
  const perCount = graph.binary('Mul', inverse, minusPerValue);
  const share = (sum: OnnxValue): OnnxValue =>
    graph.binary('Mul', shareInGroups(step, graph.binary('Mul', scales, sum), attrs), perCount);
  const slope = graph.binary('Mul', share(scaleGrad), inverse);
  const shared = scaleChannels(graph, difference, slope, { bias: share(biasGrad) });
  values.define(dx, scaleChannels(graph, dy, factor, { sum: shared }), 'blocked');
  values.define(dScale, scaleGrad, 'plain');
  values.define(dBias, biasGrad, 'plain');
  return true;
};
