import { createLayout } from '@ds/tensor';
import { describe, expect, it } from 'vitest';
import { CheckpointMismatchError } from './errors.ts';
import { packOptimizerState, unpackOptimizerState } from './optimizer-state.ts';

const layout = createLayout([
  { name: 'w', shape: [2, 3] },
  { name: 'w.b', shape: [3] },
]);

// Adafactor's moments of a matrix are factored: a row and a column instead of a matrix.
const state = {
  type: 'Adafactor',
  groups: [{ parameters: ['w', 'w.b'], lr: 0.1 }],
  parameters: {
    w: {
      scalars: { step: 3 },
      tensors: { row_var: Float32Array.of(1, 2), col_var: Float32Array.of(3, 4, 5) },
    },
    'w.b': { scalars: { step: 3 }, tensors: { variance: Float32Array.of(6, 7, 8) } },
  },
};

describe('packOptimizerState', () => {
  it('comes back as it was, with the shapes that arrays have', () => {
    const { json, tensors } = packOptimizerState(layout, state);
    expect(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]))).toEqual({
      'w.row_var': [2],
      'w.col_var': [3],
      'w.b.variance': [3],
    });
    expect(unpackOptimizerState(JSON.parse(JSON.stringify(json)) as typeof json, tensors)).toEqual(state);
  });

  it('has the shape of the parameter where the size is the same', () => {
    const full = { ...state, parameters: { w: { scalars: {}, tensors: { exp_avg: new Float32Array(6) } } } };
    expect(packOptimizerState(layout, full).tensors['w.exp_avg']?.shape).toEqual([2, 3]);
  });

  it('names an array that is missing', () => {
    const { json } = packOptimizerState(layout, state);
    expect(() => unpackOptimizerState(json, {})).toThrow(CheckpointMismatchError);
    expect(() => unpackOptimizerState(json, {})).toThrow('w.row_var');
  });
});
