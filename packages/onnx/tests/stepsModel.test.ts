import { type Program, type StateCell, trace } from '@delira/core';
import { describe, expect, it } from 'vitest';
import { portableFlavour, stepsModel } from '../src/index.js';

const w: StateCell = { aval: { shape: [2], dtype: 'float32' } };
const scale: StateCell = { aval: { shape: [2], dtype: 'float32' } };
const names = new Map([
  [w, 'w'],
  [scale, 'scale'],
]);

/** w := w - rate · x; gives scale · w. */
const program = trace(
  (recording) => {
    const before = recording.read(w);
    const x = recording.feed('x', { shape: [2], dtype: 'float32' });
    recording.assign(w, before.sub(recording.hyper('rate').mul(x)));
    return { y: before.mul(recording.read(scale)) };
  },
  { name: 'descend', training: true, names },
);

const modelOf = (traced: Program, options = {}) => stepsModel(portableFlavour.lower(traced), options);
const node = { domain: '', attributes: {} };
const float32 = { type: 'float32' } as const;

describe('stepsModel', () => {
  it('scans over stacked feeds and carries the written state', () => {
    expect(modelOf(program)).toEqual({
      opset: 17,
      domains: {},
      metadata: {},
      graph: {
        name: 'descend',
        nodes: [
          {
            name: 'steps',
            type: 'Scan',
            domain: '',
            inputs: ['initial:state:w', 'positions', 'stacked:batch:x', 'stacked:hyper:rate'],
            outputs: ['next:state:w', 'output:y'],
            attributes: {
              num_scan_inputs: 3,
              body: {
                graph: {
                  name: 'step',
                  // What is carried and given out has its name where it is computed: no copies.
                  nodes: [
                    { ...node, name: 'Mul_0', type: 'Mul', inputs: ['hyper:rate', 'batch:x'], outputs: ['Mul_0'] },
                    {
                      ...node,
                      name: 'Sub_1',
                      type: 'Sub',
                      inputs: ['state:w', 'Mul_0'],
                      outputs: ['step:next:state:w'],
                    },
                    {
                      ...node,
                      name: 'Mul_2',
                      type: 'Mul',
                      inputs: ['state:w', 'state:scale'],
                      outputs: ['step:output:y'],
                    },
                  ],
                  initializers: [],
                  inputs: [
                    { ...float32, name: 'state:w', shape: [2] },
                    { name: 'position', type: 'int32', shape: [] },
                    { ...float32, name: 'batch:x', shape: [2] },
                    { ...float32, name: 'hyper:rate', shape: [] },
                  ],
                  outputs: [
                    { ...float32, name: 'step:next:state:w', shape: [2] },
                    { ...float32, name: 'step:output:y', shape: [2] },
                  ],
                },
              },
            },
          },
        ],
        initializers: [],
        inputs: [
          { name: 'positions', type: 'int32', shape: ['steps'] },
          { ...float32, name: 'stacked:batch:x', shape: ['steps', 2] },
          { ...float32, name: 'stacked:hyper:rate', shape: ['steps'] },
          { ...float32, name: 'initial:state:w', shape: [2] },
          { ...float32, name: 'state:scale', shape: [2] },
        ],
        outputs: [
          { ...float32, name: 'next:state:w', shape: [2] },
          { ...float32, name: 'output:y', shape: ['steps', 2] },
        ],
      },
    });
  });

  it('puts the marker, a sequence, before all other outputs', () => {
    const { nodes, outputs } = modelOf(program, { marker: true }).graph;
    expect(outputs[0]).toEqual({ name: 'marker', type: 'int32', shape: ['steps'], sequence: true });
    expect(outputs.map(({ name }) => name)).toEqual(['marker', 'next:state:w', 'output:y']);
    expect(nodes.at(-1)).toMatchObject({ type: 'SequenceConstruct', inputs: ['positions'], outputs: ['marker'] });
  });

  it('passes on what no node computes, and one value under two names, through Identity', () => {
    const traced = trace(
      (recording) => {
        const x = recording.feed('x', { shape: [2], dtype: 'float32' });
        const next = recording.read(w).add(x);
        recording.assign(w, next);
        return { x, next, again: next };
      },
      { training: true, names },
    );
    const scan = modelOf(traced).graph.nodes[0]!.attributes['body'] as { readonly graph: { readonly nodes: unknown } };
    expect(scan.graph.nodes).toEqual([
      { ...node, name: 'step:output:x', type: 'Identity', inputs: ['batch:x'], outputs: ['step:output:x'] },
      { ...node, name: 'Add_0', type: 'Add', inputs: ['state:w', 'batch:x'], outputs: ['step:next:state:w'] },
      {
        ...node,
        name: 'step:output:next',
        type: 'Identity',
        inputs: ['step:next:state:w'],
        outputs: ['step:output:next'],
      },
      {
        ...node,
        name: 'step:output:again',
        type: 'Identity',
        inputs: ['step:next:state:w'],
        outputs: ['step:output:again'],
      },
    ]);
  });

  it('keeps constants outside of the body, where steps share them', () => {
    const traced = trace((recording) => ({ y: recording.feed('x', { shape: [2], dtype: 'float32' }).mul(3) }));
    const { graph } = modelOf(traced);
    expect(graph.initializers).toHaveLength(1);
    expect(graph.nodes[0]!.attributes['body']).toMatchObject({ graph: { initializers: [] } });
  });
});
