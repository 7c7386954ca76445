import { expect, it } from 'vitest';
import { bind, trace } from '../src/index.js';
import { f32, primsOf } from './tracing.js';

it('drops transposes and reshapes that undo each other', () => {
  const program = trace((recording) => {
    const x = recording.feed('x', f32(2, 3));
    return { y: x.transpose([1, 0]).transpose([1, 0]).reshape([6]).reshape([2, 3]).exp() };
  });
  expect(primsOf(program)).toEqual(['exp']);
});

it('makes one transpose of two, in the right order', () => {
  const program = trace((recording) => {
    const x = recording.feed('x', f32(2, 3, 4));
    return { y: x.transpose([1, 2, 0]).transpose([0, 2, 1]) };
  });
  expect(program.nodes.map(({ prim, attrs }) => [prim, attrs])).toEqual([['transpose', { perm: [1, 0, 2] }]]);
});

it('keeps the inner value where something else reads it', () => {
  const program = trace((recording) => {
    const x = recording.feed('x', f32(2, 3));
    const flat = x.reshape([6]);
    return { flat, y: bind('reshape', [flat], { shape: [3, 2] }) };
  });
  expect(program.nodes.map(({ prim, inputs }) => [prim, inputs])).toEqual([
    ['reshape', [0]],
    ['reshape', [0]],
  ]);
});
