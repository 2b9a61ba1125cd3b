import { InvalidStateError } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
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

describe('one forward for one backward', () => {
  const replaced = /a second forward\(\) of the same model replaces the first.*tf\.concat/;

  /** Checks that it throws an error of this class. */
  function expectState(run: () => unknown, message: RegExp): void {
    expect(run).toThrow(message);
    expect(run).toThrow(InvalidStateError);
  }

  it.each(['cpu', 'wasm'])(
    'is what two outputs in one loss are told, and two losses: %s',
    async (backend) => {
      await tf.setBackend(backend);
      const input = tf.tensor1d([1, 2, 3]);
      using(blocksModel([scaleBlock('a')]), (model) => {
        const first = model.forward(input);
        const firstLoss = tf.sum(first);
        const second = model.forward(input);
        const secondLoss = tf.sum(second);
        expectState(() => tf.sub(first, second), replaced);
        expectState(() => tf.square(first), replaced);
        expectState(() => tf.tidy(() => tf.add(firstLoss, secondLoss)), replaced);
        expectState(() => first.dataSync(), replaced);
        expectState(
          () => model.backward(firstLoss),
          /computed before the latest forward.*replaces the first/,
        );
        // A tensor that is gone may still be disposed, by name and by a tidy.
        tf.dispose([first, firstLoss]);
        expect(first.isDisposed).toBe(true);
        expect(gradientsOf(model, secondLoss)).toEqual([['a', { 'a.w': [1, 2, 3] }]]);
      });
      input.dispose();
      await tf.setBackend('cpu');
    },
  );

  it('works with both inputs in one forward', () => {
    using(blocksModel([scaleBlock('a')]), (model) => {
      const both = tf.stack([x, x]);
      const [first, second] = tf.unstack(model.forward(both));
      // sum((w x) (w x)): 2 w x^2.
      expect(gradientsOf(model, tf.sum(tf.mul(first!, second!)))).toEqual([['a', { 'a.w': [2, 16, 54] }]]);
      both.dispose();
    });
  });

  it('needs something to train', () => {
    using(blocksModel([scaleBlock('a', 'a.w', { trainable: false })]), (model) => {
      const loss = tf.sum(model.forward(x));
      expectState(() => model.backward(loss), /no parameter of the model is trainable/);
    });
  });

  it('does not count what was only evaluated', () => {
    using(blocksModel([scaleBlock('a')]), (model) => {
      const output = model.evaluate(x);
      const loss = tf.sum(output);
      expectState(() => model.backward(loss), /evaluate\(\) records nothing/);
      tf.dispose([output, loss]);
      model.forward(x);
      const evaluated = tf.tidy(() => tf.sum(model.evaluate(x)));
      expect(() => model.backward(evaluated)).toThrow(
        /evaluate\(\), and forward\(\) in evaluation mode, record/,
      );
      evaluated.dispose();
    });
  });
});
