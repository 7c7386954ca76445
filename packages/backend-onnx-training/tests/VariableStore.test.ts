import { ndarray, type NDArray } from '@delira/core';
import { plainLayout, type StateLayout } from '@delira/onnx';
import { describe, expect, it } from 'vitest';
import { VariableStore } from '../src/engine/VariableStore.js';

const shape = [2, 2];

/** Holds a variable backwards, in another shape, and counts its conversions. */
function reversed(): StateLayout & { packed: number; unpacked: number } {
  const turn = (array: NDArray, next: readonly number[]): NDArray =>
    ({ ...array, shape: next, data: array.data.slice().reverse() }) as NDArray;
  return {
    key: 'reversed',
    packed: 0,
    unpacked: 0,
    pack(array) {
      this.packed++;
      return turn(array, [4]);
    },
    unpack(array) {
      this.unpacked++;
      return turn(array, [4]);
    },
  };
}

const values = (store: VariableStore): number[] => [...store.read(['w']).get('w')!.data];

function storeOf(...numbers: readonly number[]): VariableStore {
  return new VariableStore(new Map([['w', ndarray(numbers, shape)]]));
}

describe('VariableStore', () => {
  it('frees the memory of a layout that it has left', () => {
    const owned = ndarray([1, 2, 3, 4], shape);
    const store = new VariableStore(new Map([['w', owned]]), new Set(['w']));
    const turned = store.take('w', reversed(), shape, 'float32');
    expect(owned.data.byteLength).toBe(0);
    const spare = store.spare('w');
    expect(values(store)).toEqual([1, 2, 3, 4]);
    store.take('w', plainLayout, shape, 'float32');
    expect([turned.data.byteLength, spare.data.byteLength]).toEqual([0, 0]);
    expect(values(store)).toEqual([1, 2, 3, 4]);
  });

  it('takes a state in parts', () => {
    const store = storeOf(1, 2, 3, 4);
    store.add(new Map([['b', ndarray([5], [1])]]), new Set(['b']));
    expect([...store.read().keys()]).toEqual(['w', 'b']);
  });

  it('converts when the layout changes, not from run to run', () => {
    const store = storeOf(1, 2, 3, 4);
    const layout = reversed();
    expect([...store.take('w', layout, shape, 'float32').data]).toEqual([4, 3, 2, 1]);
    store.take('w', layout, shape, 'float32');
    expect([layout.packed, layout.unpacked]).toEqual([1, 0]);
  });

  it('reads plain arrays in the plain shape, whatever ran last', () => {
    const store = storeOf(1, 2, 3, 4);
    store.take('w', reversed(), shape, 'float32');
    expect(store.read(['w']).get('w')).toEqual(ndarray([1, 2, 3, 4], shape));
  });

  it('shows what a run wrote to the spare only after the swap', () => {
    const store = storeOf(1, 2, 3, 4);
    store.take('w', reversed(), shape, 'float32');
    store.spare('w').data.set([40, 30, 20, 10]);
    expect(values(store)).toEqual([1, 2, 3, 4]);
    store.swap('w');
    expect(values(store)).toEqual([10, 20, 30, 40]);
  });

  it('has two buffers to a written variable, which trade places', () => {
    const store = storeOf(1, 2, 3, 4);
    expect(store.buffers()).toHaveLength(1);
    const [first, second] = [store.take('w', reversed(), shape, 'float32').data, store.spare('w').data];
    store.swap('w');
    expect(store.take('w', reversed(), shape, 'float32').data).toBe(second);
    expect(store.spare('w').data).toBe(first);
    expect(store.buffers()).toHaveLength(2);
  });

  it('writes plain arrays over any layout and converts floats', () => {
    const store = storeOf(1, 2, 3, 4);
    store.take('w', reversed(), shape, 'float32');
    store.write(new Map([['w', ndarray([0.1, 6, 7, 8], shape, 'float64')]]));
    expect(store.read(['w']).get('w')).toEqual(ndarray([Math.fround(0.1), 6, 7, 8], shape));
    expect([...store.take('w', reversed(), shape, 'float32').data]).toEqual([8, 7, 6, Math.fround(0.1)]);
  });

  it('has a spare of the size of the layout in use', () => {
    const store = storeOf(1, 2, 3, 4);
    const padded: StateLayout = {
      key: 'padded',
      pack: ({ data }) => ndarray([...data, 0, 0], [6]),
      unpack: ({ data }) => ndarray([...data].slice(0, 4), shape),
    };
    store.take('w', plainLayout, shape, 'float32');
    expect(store.spare('w').data).toHaveLength(4);
    store.take('w', padded, shape, 'float32');
    expect(store.spare('w').data).toHaveLength(6);
    store.write(new Map([['w', ndarray([5, 6, 7, 8], shape)]]));
    expect(store.spare('w').data).toHaveLength(4);
  });

  it('neither keeps nor gives away the arrays of others', () => {
    const given = ndarray([1, 2, 3, 4], shape);
    const store = new VariableStore(new Map([['w', given]]));
    given.data.fill(9);
    store.read().get('w')!.data.fill(9);
    expect(values(store)).toEqual([1, 2, 3, 4]);
    store.write(new Map([['w', given]]));
    given.data.fill(0);
    expect(values(store)).toEqual([9, 9, 9, 9]);
  });

  it('refuses a program of another network', () => {
    const store = storeOf(1, 2, 3, 4);
    expect(() => store.take('w', reversed(), [4], 'float32')).toThrow(
      'Variable "w" has shape [2, 2], but the program was compiled for [4]. Use the state of the same network.',
    );
    expect(() => store.take('w', reversed(), shape, 'int32')).toThrow(
      'Variable "w" is float32, but the program was compiled for int32.',
    );
    expect(() => store.take('v', reversed(), shape, 'float32')).toThrow('The state has no variable "v". It has 1: w.');
  });
});
