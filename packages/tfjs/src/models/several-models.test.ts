import { InvalidStateError } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gradientsOf, scaleBlock, using } from '../../test/scale-models.ts';
import { blocksModel } from './blocks-model.ts';

const started = tf.setBackend('cpu');
let begin = 0;
let x: tf.Tensor;

beforeEach(async () => {
  await started;
  begin = tf.memory().numTensors;
  x = tf.tensor1d([1, 2, 3]);
});
afterEach(() => {
  x.dispose();
  expect(tf.memory().numTensors).toBe(begin);
  expect(tf.engine().state.gradientDepth).toBe(0);
  expect(tf.engine().state.scopeStack).toEqual([]);
});

describe('other gradients', () => {
  it('of tfjs cannot contain forward, but can contain evaluate', () => {
    using(blocksModel([scaleBlock('a'), scaleBlock('b')]), (model) => {
      const inside = (run: (input: tf.Tensor) => tf.Tensor): tf.Tensor =>
        tf.grad((input) => tf.sum(run(input)))(x);
      expect(() => inside((input) => model.forward(input))).toThrow(/Call evaluate\(\) there/);
      const gradient = inside((input) => model.evaluate(input));
      expect([...gradient.dataSync()]).toEqual([1, 4, 9]);
      gradient.dispose();
    });
  });

  it('of a second model flow through the first, whoever goes backward first', () => {
    for (const generatorFirst of [true, false]) {
      using(blocksModel([scaleBlock('g')]), (generator) => {
        using(blocksModel([scaleBlock('d')]), (critic) => {
          const loss = tf.sum(critic.forward(generator.forward(x)));
          const both = { generator, critic };
          const order = generatorFirst
            ? (['generator', 'critic'] as const)
            : (['critic', 'generator'] as const);
          for (const name of order) {
            const [[, gradients]] = gradientsOf(both[name], loss) as [[string, Record<string, number[]>]];
            expect(Object.values(gradients)).toEqual([[1, 4, 9]]);
          }
        });
      });
    }
  });

  it('of two models with losses of their own do not mix', () => {
    using(blocksModel([scaleBlock('a')]), (one) => {
      using(blocksModel([scaleBlock('b')]), (other) => {
        const [first, second] = [one.forward(x), other.forward(tf.mul(x, 2))];
        const [firstLoss, secondLoss] = [tf.sum(first), tf.sum(second)];
        expect(gradientsOf(other, secondLoss)).toEqual([['b', { 'b.w': [2, 4, 6] }]]);
        expect(gradientsOf(one, firstLoss)).toEqual([['a', { 'a.w': [1, 2, 3] }]]);
      });
    });
  });

  it('of a model that was given up do not hold on to those of others', () => {
    using(blocksModel([scaleBlock('a')]), (abandoned) => {
      using(blocksModel([scaleBlock('b')]), (model) => {
        const loss = tf.sum(abandoned.forward(x));
        const counts = Array.from({ length: 5 }, () => {
          model.backward(tf.sum(model.forward(x)));
          return tf.memory().numTensors;
        });
        expect(new Set(counts.slice(1)).size).toBe(1);
        expect(() => abandoned.backward(loss)).toThrow(InvalidStateError);
      });
    });
  });

  it('of a model that was given up leave alone what others make, and their batches', () => {
    using(blocksModel([scaleBlock('a')]), (abandoned) => {
      using(blocksModel([scaleBlock('b')]), (model) => {
        const batch = (factor: tf.Tensor | number): tf.Tensor => tf.mul(x, factor);
        const train = (input: tf.Tensor, target: tf.Tensor): unknown => {
          const temporary = tf.sub(model.forward(input), target);
          const gradients = gradientsOf(model, tf.sum(temporary));
          tf.dispose([input, target]);
          return gradients;
        };
        const { numTensors } = tf.memory();
        const prediction = abandoned.forward(x);
        const mine = tf.ones([3]);
        const derived = tf.square(prediction);
        // x times the prediction, 1, 4, 9.
        const expected = [['b', { 'b.w': [1, 8, 27] }]];
        expect(train(batch(prediction), batch(2))).toEqual(expected);
        const between = tf.zeros([2]);
        // This step closes the other's recording, with its own batch, derived from the prediction, already made.
        expect(train(batch(prediction), batch(prediction))).toEqual(expected);
        expect(train(batch(prediction), batch(2))).toEqual(expected);
        expect([mine.isDisposed, between.isDisposed, prediction.isDisposed]).toEqual([false, false, false]);
        expect([...mine.dataSync()]).toEqual([1, 1, 1]);
        // What was computed from the recording went with it; these three, output and loss are there.
        expect(derived.isDisposed).toBe(true);
        expect(tf.memory().numTensors).toBe(numTensors + 5);
        tf.dispose([mine, between]);
      });
    });
  });

  it('of adversaries in turn leave nothing behind, and what either made in between', () => {
    using(blocksModel([scaleBlock('g')]), (generator) => {
      using(blocksModel([scaleBlock('d')]), (critic) => {
        const real = tf.tensor1d([2, 2, 2]);
        const counts = Array.from({ length: 4 }, () => {
          const faked = generator.evaluate(x);
          const own = tf.sub(critic.forward(real), critic.evaluate(faked));
          expect(gradientsOf(critic, tf.sum(own))).toEqual([['d', { 'd.w': [2, 2, 2] }]]);
          faked.dispose();
          const made = generator.forward(x);
          const noted = tf.keep(tf.square(made));
          const loss = tf.sum(critic.forward(made));
          expect(gradientsOf(generator, loss)).toEqual([['g', { 'g.w': [1, 4, 9] }]]);
          critic.discard();
          expect([...noted.dataSync()]).toEqual([1, 16, 81]);
          noted.dispose();
          return tf.memory().numTensors;
        });
        expect(new Set(counts).size).toBe(1);
        real.dispose();
      });
    });
  });

  it('do not record what another model only evaluates', () => {
    using(blocksModel([scaleBlock('student')]), (student) => {
      using(blocksModel([scaleBlock('teacher'), scaleBlock('top')]), (teacher) => {
        const output = student.forward(x);
        const { length } = tf.engine().state.activeTape;
        const target = teacher.evaluate(x);
        expect(tf.engine().state.activeTape).toHaveLength(length);
        const loss = tf.sum(tf.mul(output, target));
        expect(gradientsOf(student, loss)).toEqual([['student', { 'student.w': [1, 16, 81] }]]);
      });
    });
  });
});
