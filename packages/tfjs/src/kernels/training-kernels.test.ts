import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wasmBuffer } from '../tfjs-internals.ts';
import { registerTrainingKernels } from './register-training-kernels.ts';

let tensors = 0;
beforeAll(async () => {
  await tf.setBackend('wasm');
  registerTrainingKernels();
  tensors = tf.memory().numTensors;
});
afterAll(() => {
  expect(tf.memory().numTensors).toBe(tensors);
  registerTrainingKernels().dispose();
});

const flags = [false, true];
const transposes = flags.flatMap((transposeA) =>
  flags.map((transposeB) => [transposeA, transposeB] as const),
);

/** Numbers between -1 and 1 that float32 holds, the same for the same seed. */
function numbers(shape: readonly number[], seed: number): Float32Array {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + seed * 3.1));
}

/** Runs the same program on the cpu backend, whose kernels are plain loops. */
function onCpu(run: () => Tensor): { readonly shape: number[]; readonly values: Float32Array } {
  return tf.tidy(() => {
    const active = tf.getBackend();
    expect(tf.setBackend('cpu')).toBeInstanceOf(Promise);
    const result = run();
    const values = { shape: result.shape, values: result.dataSync<'float32'>().slice() };
    void tf.setBackend(active);
    return values;
  });
}

function expectClose(
  actual: Tensor,
  expected: { readonly shape: number[]; readonly values: Float32Array },
): void {
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.dtype).toBe('float32');
  for (const [i, value] of actual.dataSync<'float32'>().entries()) {
    expect(Math.abs(value - expected.values[i]!)).toBeLessThan(1e-5 * (1 + Math.abs(expected.values[i]!)));
  }
}

/** A program on both backends must agree, and leave nothing behind. */
function expectSame(run: () => Tensor): void {
  const before = tf.memory().numTensors;
  tf.tidy(() => expectClose(run(), onCpu(run)));
  expect(tf.memory().numTensors).toBe(before);
}

describe('matMul', () => {
  test.each(transposes)('of every rank equals the cpu backend, %s %s', (transposeA, transposeB) => {
    const size = fc.integer({ min: 1, max: 20 });
    const batches = fc.constantFrom(
      [[], []],
      [[3], [3]],
      [[1], [4]],
      [[4], [1]],
      [
        [2, 3],
        [2, 3],
      ],
      [[5], []],
    );
    fc.assert(
      fc.property(size, size, size, batches, (rows, inner, columns, [batchesA, batchesB]) => {
        const shapeA = [...batchesA!, ...(transposeA ? [inner, rows] : [rows, inner])];
        const shapeB = [...batchesB!, ...(transposeB ? [columns, inner] : [inner, columns])];
        expectSame(() => {
          const a = tf.tensor(numbers(shapeA, 1), shapeA);
          return tf.matMul(a, tf.tensor(numbers(shapeB, 2), shapeB), transposeA, transposeB);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('broadcasts both operands at once', () => {
    tf.tidy(() => {
      const a = tf.tensor(numbers([2, 1, 3, 4], 1), [2, 1, 3, 4]);
      const b = tf.tensor(numbers([1, 5, 4, 2], 2), [1, 5, 4, 2]);
      const product = tf.matMul(a, b);
      expect(product.shape).toEqual([2, 5, 3, 2]);
      for (const [i, rowOfA] of tf.unstack(tf.squeeze(a, [1])).entries()) {
        for (const [j, columnOfB] of tf.unstack(tf.squeeze(b, [0])).entries()) {
          const part = tf.slice(product, [i, j], [1, 1]).dataSync();
          expect([...part]).toEqual([
            ...tf.matMul(rowOfA as tf.Tensor2D, columnOfB as tf.Tensor2D).dataSync(),
          ]);
        }
      }
    });
  });

  test.each([
    [
      [0, 3],
      [3, 4],
    ],
    [
      [2, 0],
      [0, 4],
    ],
    [
      [2, 3],
      [3, 0],
    ],
    [
      [0, 2, 3],
      [0, 3, 4],
    ],
  ])('of %j and %j is empty or zeros', (shapeA, shapeB) => {
    tf.tidy(() => {
      const product = tf.matMul(tf.ones(shapeA), tf.ones(shapeB));
      expect(product.shape).toEqual([...shapeA.slice(0, -1), shapeB.at(-1)]);
      expect([...product.dataSync()]).toEqual(Array.from({ length: product.size }, () => 0));
    });
  });

  test('fails as it does without our kernels', () => {
    tf.tidy(() => {
      const a = tf.ones([2, 3]);
      expect(() => tf.matMul(a, a)).toThrow('Error in matMul: inner shapes (3) and (2)');
      expect(() => tf.matMul(tf.ones([2, 3, 3]), tf.ones([4, 3, 3]))).toThrow(/broadcast/);
      expect(() => tf.matMul(tf.ones([3, 3], 'int32'), tf.ones([3, 3], 'int32'))).toThrow(/float32/);
    });
  });
});

describe('fused.matMul', () => {
  const activations = ['linear', 'relu', 'relu6', 'prelu', 'leakyrelu', 'sigmoid', 'elu'] as const;
  const cases = activations.flatMap((activation) => flags.map((withBias) => ({ activation, withBias })));

  test.each(cases)('$activation, bias $withBias, equals the cpu backend', ({ activation, withBias }) => {
    expectSame(() =>
      tf.fused.matMul({
        a: tf.mul(tf.tensor2d(numbers([13, 30], 1), [13, 30]), 4),
        b: tf.tensor2d(numbers([30, 17], 2), [30, 17]),
        activation,
        ...(withBias ? { bias: tf.tensor1d(numbers([17], 3)) } : {}),
        ...(activation === 'prelu' ? { preluActivationWeights: tf.tensor1d(numbers([17], 4)) } : {}),
        ...(activation === 'leakyrelu' ? { leakyreluAlpha: 0.3 } : {}),
      }),
    );
  });

  test('refuses a bias of another rank, as tfjs does', () => {
    tf.tidy(() => {
      const a = tf.ones<tf.Rank.R2>([3, 3]);
      expect(() => tf.fused.matMul({ a, b: a, bias: tf.ones([3, 3]) })).toThrow(/rank-1 bias/);
    });
  });
});

describe('sum', () => {
  test('over any axes equals the cpu backend', () => {
    const shape = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shape, fc.nat(15), fc.boolean(), (sizes, mask, keepDims) => {
        const axes = sizes.map((_, axis) => axis).filter((axis) => (mask >> axis) % 2 === 1);
        expectSame(() => tf.sum(tf.tensor(numbers(sizes, 1), sizes), axes, keepDims));
      }),
    );
  });

  test('of integers and booleans stays with tfjs', () => {
    tf.tidy(() => {
      expect(tf.sum(tf.tensor1d([1, 2, 3], 'int32')).dtype).toBe('int32');
      expect(tf.sum(tf.tensor1d([true, true], 'bool')).dataSync()[0]).toBe(2);
    });
  });
});

test('pow and tanh equal the cpu backend', () => {
  const x = numbers([3, 7], 1);
  for (const exponent of [2, 3, 4, 5, 1, 0]) expectSame(() => tf.pow(tf.tensor2d(x, [3, 7]), exponent));
  expectSame(() => tf.pow(tf.abs(tf.tensor2d(x, [3, 7])), tf.tensor1d([1, 2, 3, 0.5, -1, 2, 2])));
  expectSame(() => tf.pow(tf.tensor1d([2]), tf.tensor1d([2, 3, 4])));
  expectSame(() => tf.tanh(tf.mul(tf.tensor2d(x, [3, 7]), 3)));
  tf.tidy(() => {
    expect([...tf.pow(tf.tensor1d([3, -2], 'int32'), tf.scalar(3, 'int32')).dataSync()]).toEqual([27, -8]);
  });
});

test('clone shares memory, and each keeps it alive', () => {
  const buffers = tf.memory().numDataBuffers;
  const original = tf.tensor1d([1, 2, 3]);
  const clone = tf.clone(original);
  expect(tf.memory().numDataBuffers).toBe(buffers + 1);
  original.dispose();
  expect([...clone.dataSync()]).toEqual([1, 2, 3]);
  clone.dispose();
  expect(tf.memory().numDataBuffers).toBe(buffers);
});

test('clones of text stay with tfjs', () => {
  expect(tf.tidy(() => tf.clone(tf.tensor1d(['a', 'b'])).dataSync<'string'>())).toEqual(['a', 'b']);
});

describe('unsortedSegmentSum', () => {
  test('equals the cpu backend', () => {
    const ids = [3, 0, 3, 1, 3];
    for (const row of [[], [1], [5], [2, 8]]) {
      const shape = [5, ...row];
      expectSame(() =>
        tf.unsortedSegmentSum(tf.tensor(numbers(shape, 1), shape), tf.tensor1d(ids, 'int32'), 4),
      );
    }
  });

  test('says what it was given when it cannot do it', () => {
    tf.tidy(() => {
      const ids = tf.tensor1d([0, 1], 'int32');
      expect(() => tf.unsortedSegmentSum(tf.ones([3, 2]), ids, 2)).toThrow(
        /unsortedSegmentSum: .* one id for each row of x; got float32 \[3, 2\] and int32 \[2\]/,
      );
    });
  });
});

describe('gradients against central differences', () => {
  /** Compares the gradient of a scalar function at `x` with differences over a step that float32 resolves. */
  function expectGradient(f: (x: Tensor) => Tensor, shape: number[], seed: number): void {
    const at = numbers(shape, seed);
    const gradient = tf.tidy(() => tf.grad(f)(tf.tensor(at, shape)).dataSync());
    const step = 2 ** -6;
    for (const i of at.keys()) {
      const value = (offset: number): number =>
        tf.tidy(
          () =>
            f(
              tf.tensor(
                at.map((x, j) => (j === i ? x + offset : x)),
                shape,
              ),
            ).dataSync()[0]!,
        );
      const difference = (value(step) - value(-step)) / (2 * step);
      // The third derivative of the functions below times step^2 / 6, and the rounding of a sum of some 20 terms.
      expect(Math.abs(gradient[i]! - difference)).toBeLessThan(2e-3);
    }
  }

  test.each(transposes)('matMul %s %s, both operands', (transposeA, transposeB) => {
    for (const batches of [[], [2]]) {
      const shapeA = [...batches, ...(transposeA ? [5, 3] : [3, 5])];
      const shapeB = [...batches, ...(transposeB ? [4, 5] : [5, 4])];
      const loss = (a: Tensor, b: Tensor): Tensor =>
        tf.mean(tf.tanh(tf.matMul(a, b, transposeA, transposeB)));
      expectGradient((a) => loss(a, tf.tensor(numbers(shapeB, 2), shapeB)), shapeA, 1);
      expectGradient((b) => loss(tf.tensor(numbers(shapeA, 1), shapeA), b), shapeB, 2);
    }
  });

  test('gather, with repeated and unused rows', () => {
    const weights = (): Tensor => tf.tensor(numbers([5, 3], 5), [5, 3]);
    expectGradient(
      (table) => tf.mean(tf.mul(tf.tanh(tf.gather(table, tf.tensor1d([2, 0, 2, 2, 3], 'int32'))), weights())),
      [4, 3],
      3,
    );
  });

  test('a dense layer with bias', () => {
    expectGradient(
      (bias) =>
        tf.mean(tf.tanh(tf.add(tf.matMul(tf.tensor(numbers([6, 4], 1), [6, 4]), tf.ones([4, 3])), bias))),
      [3],
      2,
    );
  });
});

test('a training step leaves no tensors, and the heap as large as it was', () => {
  const weights = tf.tidy(() => [tf.variable(tf.ones([65, 130])), tf.variable(tf.ones([130, 33]))] as const);
  const optimizer = tf.train.sgd(1e-6);
  const step = (): void => {
    const loss = optimizer.minimize(
      () => tf.mean(tf.square(tf.matMul(tf.relu(tf.matMul(tf.ones([70, 65]), weights[0])), weights[1]))),
      true,
    );
    loss?.dispose();
  };
  for (let i = 0; i < 5; i++) step();
  const before = {
    tensors: tf.memory().numTensors,
    bytes: tf.memory().numBytes,
    heap: wasmBuffer(tf.backend()),
  };
  for (let i = 0; i < 200; i++) step();
  expect(tf.memory().numTensors).toBe(before.tensors);
  expect(tf.memory().numBytes).toBe(before.bytes);
  // A heap that grows gets a new buffer.
  expect(wasmBuffer(tf.backend())).toBe(before.heap);
  optimizer.dispose();
  tf.dispose([...weights]);
});
