import {
  type Aval,
  bindAll,
  DeliraError,
  type Primitive,
  type PrimitiveName,
  primitives,
  type Program,
  trace,
  UnsupportedError,
} from '@delira/core';
import { describe, expect, it } from 'vitest';
import { portableFlavour, portableLowerings } from '../src/index.js';
import { lowerWithTable } from '../src/lowering/lowerWithTable.js';

const names = Object.keys(primitives) as PrimitiveName[];

function programOf(prim: PrimitiveName, inputs: readonly Aval[], attrs: object): Program {
  return trace((recording) => {
    const operands = inputs.map((aval, index) => recording.feed(`x${index}`, aval));
    const outputs = bindAll(prim, operands, attrs as never);
    return Object.fromEntries(outputs.map((output, index) => [`y${index}`, output]));
  });
}

/** Operators of opset 17 that portable graphs are made of: a new one is a decision. */
const standard = new Set([
  ...['Abs', 'Add', 'Div', 'Erf', 'Exp', 'Floor', 'Log', 'Mul', 'Neg', 'Pow', 'Relu', 'Sigmoid', 'Sqrt', 'Sub', 'Tanh'],
  ...['Max', 'Min', 'Clip', 'Equal', 'Greater', 'IsNaN', 'LeakyRelu', 'Less', 'LessOrEqual', 'Where', 'Cast'],
  ...['And', 'Not', 'Or'],
  ...['Concat', 'Expand', 'Pad', 'Reshape', 'ScatterElements', 'Slice', 'Squeeze', 'Transpose'],
  ...['ArgMax', 'ReduceMax', 'ReduceSum', 'MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'MaxPool'],
]);

describe('the portable table', () => {
  it('has an entry for every primitive, and no other', () => {
    expect(Object.keys(portableLowerings).sort()).toEqual([...names].sort());
  });

  it('leaves out no primitive', () => {
    expect(names.filter((name) => typeof portableLowerings[name] === 'object')).toEqual([]);
  });

  it('decomposes only what has a decomposition', () => {
    for (const name of names.filter((candidate) => portableLowerings[candidate] === 'decompose'))
      expect((primitives[name] as Primitive<object>).decompose, name).toBeTypeOf('function');
  });

  it.each(names)('lowers every sample of %s to standard operators, in its shape and dtype', (prim) => {
    const { samples } = primitives[prim] as Primitive<object>;
    expect(samples.length).toBeGreaterThan(0);
    for (const { id, inputs, attrs } of samples) {
      const program = programOf(prim, inputs, attrs);
      const { builder, outputs } = portableFlavour.lower(program);
      expect(builder.domains, id).toEqual({});
      for (const { type, domain } of builder.graph('g', [], []).nodes) {
        expect(domain, id).toBe('');
        expect(standard, id).toContain(type);
      }
      for (const [name, { shape, dtype }] of Object.entries(outputs))
        expect({ shape, dtype }, id).toEqual(program.avals[program.outputs[name]!]);
    }
  });

  it('names the module, the primitive and its attributes where there is no lowering', () => {
    const program = trace((recording) =>
      recording.inScope('decoder.up', () => ({ y: recording.feed('x', { shape: [2], dtype: 'float32' }).exp() })),
    );
    const table = { ...portableLowerings, exp: { unsupported: 'the device has no exp' } };
    expect(() => lowerWithTable(program, table)).toThrow(
      new UnsupportedError('In decoder.up: ONNX has no lowering of exp {}: the device has no exp.'),
    );
    expect(() => lowerWithTable(program, { ...portableLowerings, exp: 'decompose' })).toThrow(DeliraError);
  });
});
