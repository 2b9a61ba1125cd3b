import { InvalidArgumentError } from '@ds/tensor';
import '@tensorflow/tfjs-layers';
import { adamWRule, adamWScalars, checkClose, createArrayDevice } from '@ds/tensor/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subjects } from '../../test/backends.ts';
import type { TfjsDevice } from './tfjs-device.ts';
import type { TfjsSlab } from './tfjs-slab.ts';

const start = [1, -2, 3, 0.5, -0.25, 8];
/** A variable that shares its memory with no one. */
function variableOf(values: readonly number[], shape?: number[]): tf.Variable {
  const initial = tf.tensor([...values], shape);
  const variable = tf.variable(initial);
  initial.dispose();
  return variable;
}

const plusOne = (values: readonly number[]): number[] => values.map((value) => value + 1);

for (const { name, backend, skip, ulps, create } of subjects) {
  describe.skipIf(skip)(`adopt on ${name}`, () => {
    let device: TfjsDevice;
    let tensors = 0;
    /** Adds one to every element, in place. */
    const addOne = (slab: TfjsSlab): void => {
      const step = device.compile({
        name: 'add_one',
        slots: ['x'],
        scalars: [],
        update: ({ add, constant }, { x }) => ({ x: add(x, constant(1)) }),
      });
      step.run({ x: slab }, {});
    };
    const numbers = async (tensor: tf.Tensor): Promise<number[]> => [...(await tensor.data())];

    beforeAll(async () => {
      await tf.setBackend(backend);
    });
    beforeEach(async () => {
      await tf.setBackend(backend);
      device = create();
      tensors = tf.memory().numTensors;
    });
    afterEach(() => {
      tf.disposeVariables();
      expect(tf.memory().numTensors).toBe(tensors);
      expect(device.memory()).toEqual({ slabs: 0, bytes: 0 });
    });

    it('updates a variable in place, as the oracle does', async () => {
      const oracle = createArrayDevice();
      const step = device.compile(adamWRule);
      const oracleStep = oracle.compile(adamWRule);
      const variable = variableOf(start, [2, 3]);
      const state = { exp_avg: device.alloc(6), exp_avg_sq: device.alloc(6) };
      const oracleState = { exp_avg: oracle.alloc(6), exp_avg_sq: oracle.alloc(6) };
      const parameter = oracle.alloc(6);
      oracle.write(parameter, Float32Array.from(start));
      for (let count = 1; count <= 3; count++) {
        const values = Float32Array.from(start, (value, index) => Math.sin(value * count + index));
        const gradient = tf.tensor2d(values, [2, 3]);
        step.run(
          { parameter: device.adopt(variable), gradient: device.adopt(gradient), ...state },
          adamWScalars(count),
        );
        gradient.dispose();
        const oracleGradient = oracle.alloc(6);
        oracle.write(oracleGradient, values);
        oracleStep.run({ parameter, gradient: oracleGradient, ...oracleState }, adamWScalars(count));
      }
      checkClose('parameter', await variable.data(), parameter.values, 2 * ulps);
      checkClose('exp_avg', await device.read(state.exp_avg), oracleState.exp_avg.values, 2 * ulps);
      expect(variable.shape).toEqual([2, 3]);
      device.free(state.exp_avg);
      device.free(state.exp_avg_sq);
    });

    it('keeps the memory of a variable that shares it with no one', () => {
      if (name.startsWith('generic')) return;
      const variable = variableOf(start);
      const slab = device.adopt(variable);
      addOne(slab);
      const { dataId } = variable;
      addOne(slab);
      expect(variable.dataId).toBe(dataId);
    });

    it('leaves alone what shares memory with the variable', async () => {
      const array = Float32Array.from(start);
      const initial = tf.tensor1d(array);
      const variable = tf.variable(initial);
      const clone = variable.clone();
      const matrix = tf.reshape(variable, [3, 2]);
      addOne(device.adopt(variable));
      for (const innocent of [initial, clone, matrix]) expect(await numbers(innocent)).toEqual(start);
      expect([...array]).toEqual(start);
      expect(await numbers(variable)).toEqual(plusOne(start));
      const assigned = tf.tensor1d(plusOne(plusOne(start)));
      variable.assign(assigned);
      device.write(device.adopt(variable), Float32Array.of(99), 2);
      expect(await numbers(assigned)).toEqual(plusOne(plusOne(start)));
      expect((await numbers(variable))[2]).toBe(99);
      tf.dispose([initial, clone, matrix, assigned]);
    });

    it('leaves alone the tensor that a variable was sliced from', async () => {
      const source = tf.tensor1d(start);
      const variable = tf.tidy(() => tf.variable(tf.slice(source, [1], [3])));
      addOne(device.adopt(variable));
      expect(await numbers(source)).toEqual(start);
      expect(await numbers(variable)).toEqual([-1, 4, 1.5]);
      source.dispose();
    });

    it('leaves alone what data() gave out, and gives out what is there now', async () => {
      const variable = variableOf(start);
      const slab = device.adopt(variable);
      addOne(slab);
      const pending = variable.data();
      addOne(slab);
      const before = await pending;
      expect([...before]).toEqual(plusOne(start));
      expect(await numbers(variable)).toEqual(plusOne(plusOne(start)));
      device.write(slab, Float32Array.from(start));
      addOne(slab);
      addOne(slab);
      expect([...before]).toEqual(plusOne(start));
      expect(await numbers(variable)).toEqual(plusOne(plusOne(start)));
      device.write(slab, Float32Array.of(7));
      expect((await numbers(variable))[0]).toBe(7);
    });

    it('lets tfjs compute with what was written, in order', async () => {
      const variable = variableOf(start);
      const slab = device.adopt(variable);
      const squares: tf.Tensor[] = [];
      for (let count = 0; count < 20; count++) {
        addOne(slab);
        squares.push(tf.square(variable));
      }
      const results = await Promise.all(squares.map(async (square) => (await square.data())[0]!));
      expect(results).toEqual(results.map((_, index) => (index + 2) ** 2));
      tf.dispose(squares);
    });

    it('keeps no hold of the array that it wrote', async () => {
      const slab = device.alloc(3);
      const array = Float32Array.of(1, 2, 3);
      device.write(slab, array);
      array.fill(9);
      const given = await device.read(slab);
      given.fill(8);
      expect([...(await device.read(slab))]).toEqual([1, 2, 3]);
      device.free(slab);
    });

    it('follows a variable through assign', async () => {
      const variable = variableOf([0, 0, 0]);
      const slab = device.adopt(variable);
      const assigned = tf.tensor1d([4, 5, 6]);
      variable.assign(assigned);
      assigned.dispose();
      addOne(slab);
      expect(device.adopt(variable)).toBe(slab);
      expect(await numbers(variable)).toEqual([5, 6, 7]);
      expect([...(await device.read(slab, 1))]).toEqual([6, 7]);
    });

    it('takes ranges of a tensor, and plain tensors as scratch', async () => {
      const gradient = tf.tensor2d(start, [3, 2]);
      const shared = gradient.clone();
      const slab = device.alloc(3);
      device.copy(slab, device.adopt(gradient), { from: 2, length: 3 });
      expect([...(await device.read(slab))]).toEqual([3, 0.5, -0.25]);
      device.copy(device.adopt(gradient), slab, { to: 3 });
      expect(await numbers(gradient)).toEqual([1, -2, 3, 3, 0.5, -0.25]);
      expect(await numbers(shared)).toEqual(start);
      expect(await device.sumOfSquares(device.adopt(shared), 1, 3)).toBe(13);
      device.free(slab);
      tf.dispose([gradient, shared]);
    });

    it('works inside tidy, and leaves no trace on an open tape', async () => {
      let slab!: TfjsSlab;
      tf.tidy(() => {
        slab = device.alloc(3);
      });
      const variable = variableOf([1, 2, 3]);
      const kept = variable.clone();
      const gradient = tf.tidy(() => {
        const { grads } = tf.variableGrads(() => {
          const loss = tf.sum(tf.square(variable));
          device.copy(slab, device.adopt(variable));
          addOne(device.adopt(variable));
          device.multiply({ target: slab, a: slab, b: device.adopt(kept), rows: 1, inner: 1, columns: 3 });
          return loss as tf.Scalar;
        });
        return grads[variable.name]!;
      });
      expect(await numbers(gradient)).toEqual([2, 4, 6]);
      expect(await numbers(variable)).toEqual([2, 3, 4]);
      expect([...(await device.read(slab))]).toEqual([1, 2, 3]);
      device.free(slab);
      tf.dispose([gradient, kept]);
    });

    it('computes in operations only while its backend is the current one', async () => {
      const slab = device.alloc(1);
      const other = backend === 'cpu' ? 'wasm' : 'cpu';
      await tf.setBackend(other);
      const multiply = (): void =>
        device.multiply({ target: slab, a: slab, b: slab, rows: 1, inner: 1, columns: 1 });
      expect(multiply).toThrow(`on tfjs's backend "${backend}", but the current one is "${other}"`);
      await tf.setBackend(backend);
      device.free(slab);
    });

    it('takes a tensor from another backend, as tfjs does', async () => {
      await tf.setBackend('cpu');
      const variable = variableOf(start);
      await tf.setBackend(backend);
      addOne(device.adopt(variable));
      expect(await numbers(variable)).toEqual(plusOne(start));
    });

    it('refuses what cannot be adopted, and adopted slabs where they make no sense', () => {
      const integers = tf.tensor1d([1, 2], 'int32');
      expect(() => device.adopt(integers)).toThrow(/Only float32.*int32, of shape \[2\]/);
      integers.dispose();
      const gone = tf.scalar(1);
      const slab = device.adopt(gone);
      expect(() => device.free(slab)).toThrow(/adopted slab/);
      expect(() => create().write(slab, new Float32Array(1))).toThrow(/belongs to another device/);
      gone.dispose();
      expect(() => device.adopt(gone)).toThrow(InvalidArgumentError);
      expect(() => device.write(slab, new Float32Array(1))).toThrow(/disposed/);
    });
  });
}
