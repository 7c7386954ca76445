import { type NDArray, type Program, type Shape, sizeOf } from '@delira/core';
import { foldVariables } from '../fold/foldVariables.js';
import type { Flavour } from '../lowering/Flavour.js';
import type { OnnxValue } from '../lowering/GraphBuilder.js';
import { OPSET, stepsNames } from '../lowering/stepsModel.js';
import type { OnnxModel, OnnxNode, ValueInfo } from '../model/OnnxModel.js';
import { portableFlavour } from '../portable/portableFlavour.js';
import { initializer } from './initializer.js';
import { joinBiases } from './joinBiases.js';
import { turnConstants } from './turnConstants.js';

/** The piece of a packed variable at `index`: a view. */
function pieceOf({ dtype, data }: NDArray, index: number, shape: Shape): NDArray {
  const size = sizeOf(shape);
  return { dtype, shape, data: data.subarray(index * size, (index + 1) * size) } as NDArray;
}

const info = (name: string, { dtype, shape }: OnnxValue): ValueInfo => ({ name, type: dtype, shape });

/**
 * One run of a Program that writes nothing, with its variables as constants: what an engine needs to make the most of them. Inputs are
 * called as by `inputName`, outputs as by `stepsNames.output`.
 *
 * @param flavour default: the portable one. With the tuned one the model is for this machine and not to be kept.
 * @throws UnsupportedError naming primitive, attributes and scope; NotFoundError for a variable without value.
 */
export function predictionModel(
  program: Program,
  variables: ReadonlyMap<string, NDArray>,
  flavour: Flavour = portableFlavour,
): OnnxModel {
  const folded = foldVariables(program, variables, { pairSlices: flavour.name === 'portable' });
  const lowered = flavour.lower(folded.program);
  const { nodes, initializers } = lowered.builder.graph('predict', [], []);
  const state = Object.entries(lowered.state).flatMap(([name, { layout, parts }]) => {
    const packed = layout.pack(folded.variables.get(name)!());
    return parts.map(({ input }, index) => initializer(input.name, input, pieceOf(packed, index, input.shape)));
  });
  const given = [...Object.values(lowered.feeds), ...Object.values(lowered.hyper), ...Object.values(lowered.noise)];
  const outputs = Object.entries(lowered.outputs);
  const named = outputs.map(([name, value]): OnnxNode => {
    const output = stepsNames.output(name);
    return { name: output, type: 'Identity', domain: '', inputs: [value.name], outputs: [output], attributes: {} };
  });
  const joined = joinBiases({
    name: lowered.name,
    nodes: [...nodes, ...named],
    initializers: [...initializers, ...state],
    inputs: given.map((value) => info(value.name, value)),
    outputs: outputs.map(([name, value]) => info(stepsNames.output(name), value)),
  });
  return {
    opset: OPSET,
    domains: lowered.builder.domains,
    metadata: {},
    graph: turnConstants(joined, (name) => lowered.builder.valueNamed(name)),
  };
}
