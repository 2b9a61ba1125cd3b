import type { Block } from '@ds/tensor';
import { InvalidArgumentError, InvalidStateError, UnavailableError } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gradientsOf, scaleBlock, using } from '../../test/scale-models.ts';
import { blocksModel } from './blocks-model.ts';
import { functionModel } from './function-model.ts';

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

describe('parameters', () => {
  it('reports a shared parameter once per block, and use in the loss with the last block that has it', () => {
    using(blocksModel([scaleBlock('a', 'w'), scaleBlock('b', 'w')]), (model) => {
      const { tensor: w } = model.parameter('w');
      // loss = sum(x w^2 + w): the loss itself gives 1, the second block x w, the first x w.
      const loss = tf.sum(tf.add(model.forward(x), w));
      expect(gradientsOf(model, loss)).toEqual([
        ['b', { w: [1 + 1, 1 + 4, 1 + 9] }],
        ['a', { w: [1, 4, 9] }],
      ]);
    });
  });

  it('leaves out frozen parameters, and those that the loss does not depend on', () => {
    const idle: Block<tf.Tensor> = {
      name: 'idle',
      parameters: [{ name: 'idle.w', shape: [1] }],
      forward: (_, input) => tf.add(input, 1),
    };
    using(blocksModel([scaleBlock('a'), idle, scaleBlock('c', 'c.w', { trainable: false })]), (model) => {
      expect(model.frozen.entries.map(({ name }) => name)).toEqual(['c.w']);
      expect(gradientsOf(model, tf.sum(model.forward(x)))).toEqual([
        ['c', {}],
        ['idle', {}],
        ['a', { 'a.w': [1, 4, 9] }],
      ]);
    });
  });

  it('reports a parameter that a block takes from elsewhere, once, at the last chance', () => {
    let captured: tf.Tensor | undefined;
    const taking: Block<tf.Tensor> = {
      ...scaleBlock('a'),
      forward: ([w], input) => tf.mul(tf.mul(input, w!), captured!),
    };
    using(blocksModel([taking, scaleBlock('b')]), (model) => {
      captured = model.parameter('b.w').tensor;
      expect(gradientsOf(model, tf.sum(model.forward(x)))).toEqual([
        ['b', { 'b.w': [1, 8, 27] }],
        ['a', { 'a.w': [1, 8, 27], 'b.w': [1, 8, 27] }],
      ]);
    });
  });

  it('names the nearest parameter, and refuses what is not float32', () => {
    using(blocksModel([scaleBlock('first')]), (model) => {
      expect(() => model.parameter('frist.w')).toThrow(/Did you mean "first.w"/);
    });
    const variables = { ids: tf.tidy(() => tf.variable(tf.tensor1d([1], 'int32'))) };
    expect(() => functionModel({ variables, forward: () => x })).toThrow(/"ids" is int32/);
    tf.dispose(variables);
  });

  it('refuses lists of blocks that make no model', () => {
    expect(() => blocksModel([])).toThrow(InvalidArgumentError);
    expect(() => blocksModel([scaleBlock('a'), scaleBlock('a', 'v')])).toThrow(/Two blocks are named "a"/);
    expect(() => blocksModel([scaleBlock('a', 'w'), scaleBlock('b', 'w', { shape: [2] })])).toThrow(
      /\[3\].*\[2\]/,
    );
  });
});

describe('inputs and outputs', () => {
  it('may be containers, and may be handed through blocks', () => {
    type Pair = { value: tf.Tensor; skip: tf.Tensor };
    const enter: Block<tf.Tensor, tf.Tensor, Pair> = {
      ...scaleBlock('enter'),
      forward: ([w], input) => ({ value: tf.mul(input, w!), skip: input }),
    };
    const middle: Block<tf.Tensor, Pair, Pair> = {
      ...scaleBlock('middle'),
      forward: ([w], { value, skip }) => ({ value: tf.mul(value, w!), skip }),
    };
    const leave: Block<tf.Tensor, Pair, tf.Tensor[]> = {
      name: 'leave',
      parameters: [],
      forward: (_, { value, skip }) => [tf.add(value, skip), skip],
    };
    using(blocksModel<tf.Tensor, tf.Tensor[]>([enter, middle, leave]), (model) => {
      const [sum, skip] = model.forward(x);
      expect(skip).toBe(x);
      expect(gradientsOf(model, tf.sum(sum!))).toEqual([
        ['leave', {}],
        ['middle', { 'middle.w': [1, 4, 9] }],
        ['enter', { 'enter.w': [1, 4, 9] }],
      ]);
    });
    expect(x.isDisposed).toBe(false);
  });

  it('may be the last output, as a recurrent state is', () => {
    using(blocksModel([scaleBlock('a'), scaleBlock('b', 'a.w')]), (model) => {
      const first = model.forward(x);
      model.backward(tf.sum(first));
      const second = model.forward(first);
      expect([...second.dataSync()]).toEqual([1, 32, 243]);
      model.discard();
      // Also when the step was never finished, and when it was only evaluated.
      const third = model.forward(second);
      const fourth = model.evaluate(third);
      expect([...fourth.dataSync()]).toEqual([1, 512, 19683]);
      fourth.dispose();
    });
  });

  it('stay readable until the next forward', () => {
    using(blocksModel([scaleBlock('a')]), (model) => {
      const output = model.forward(x);
      const loss = tf.tidy(() => tf.sum(output));
      model.backward(loss);
      expect([output.isDisposed, loss.isDisposed]).toEqual([false, false]);
      model.forward(x);
      expect([output.isDisposed, loss.isDisposed]).toEqual([true, true]);
    });
  });
});

describe('tidy', () => {
  const expected = [['a', { 'a.w': [1, 2, 3] }]];

  it('may surround forward and loss', () => {
    using(blocksModel([scaleBlock('a')]), (model) => {
      const [loss, older] = tf.tidy(() => {
        const before = tf.scalar(5);
        return [tf.sum(model.forward(x)), before];
      });
      expect(gradientsOf(model, loss!)).toEqual(expected);
      // What was there before forward is none of the model's business.
      expect(older!.isDisposed).toBe(false);
      older!.dispose();
    });
  });

  it('may surround a whole step, and several', () => {
    using(blocksModel([scaleBlock('a')]), (model) => {
      const last = tf.tidy(() => {
        for (let step = 0; step < 3; step++) {
          const loss = tf.sum(model.forward(x));
          expect(gradientsOf(model, loss)).toEqual(expected);
          const { numTensors } = tf.memory();
          tf.scalar(1);
          expect(tf.memory().numTensors).toBe(numTensors + 1);
        }
        return tf.scalar(2);
      });
      last.dispose();
    });
  });

  it('may begin after forward and end before or after backward', () => {
    using(blocksModel([scaleBlock('a')]), (model) => {
      const output = model.forward(x);
      const loss = tf.tidy(() => tf.sum(tf.mul(output, 1)));
      expect(gradientsOf(model, loss)).toEqual(expected);
      const next = model.forward(x);
      tf.tidy(() => {
        expect(gradientsOf(model, tf.sum(next))).toEqual(expected);
      });
    });
  });

  it('is not needed: backward releases what was made since forward, except what is kept', () => {
    using(blocksModel([scaleBlock('a')]), (model) => {
      const output = model.forward(x);
      const made = tf.scalar(1);
      const kept = tf.keep(tf.scalar(2));
      model.backward(tf.sum(output));
      expect([made.isDisposed, kept.isDisposed]).toEqual([true, false]);
      kept.dispose();
    });
  });
});

describe('failure', () => {
  it('inside a block leaves nothing behind', () => {
    const state = { fails: true };
    const fragile: Block<tf.Tensor> = {
      ...scaleBlock('fragile'),
      forward([w], input) {
        const product = tf.mul(input, w!);
        if (state.fails) throw new RangeError('out of luck');
        return product;
      },
    };
    using(blocksModel([scaleBlock('a'), fragile]), (model) => {
      const { numTensors } = tf.memory();
      expect(() => model.forward(x)).toThrow('out of luck');
      expect(() => model.evaluate(x)).toThrow('out of luck');
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(() => model.backward(x)).toThrow(InvalidStateError);
      state.fails = false;
      expect(gradientsOf(model, tf.sum(model.forward(x)))).toHaveLength(2);
    });
  });

  it('between forward and backward spares the next batch, which is made before the next forward', () => {
    using(blocksModel([scaleBlock('a')]), (model) => {
      const step = (fails: boolean): unknown => {
        const [input, target] = tf.tidy(() => [tf.mul(x, 2), tf.square(tf.zeros([3]))]);
        const output = model.forward(input!);
        const weighted = tf.mul(tf.squaredDifference(output, target!), tf.tensor1d([1, 1, 2]));
        const gradients = fails ? undefined : gradientsOf(model, tf.sum(weighted));
        tf.dispose([input!, target!]);
        return gradients;
      };
      step(true);
      step(true);
      const { numTensors } = tf.memory();
      expect(step(false)).toEqual([['a', { 'a.w': [8, 64, 432] }]]);
      step(true);
      expect(tf.memory().numTensors).toBe(numTensors);
    });
  });

  it('in the callback is passed on, and everything is released', () => {
    using(blocksModel([scaleBlock('a'), scaleBlock('b')]), (model) => {
      const fail = (): never => {
        throw new RangeError('no room');
      };
      const loss = tf.sum(model.forward(x));
      expect(() => model.backward(loss, { onBlock: fail })).toThrow('no room');
      expect(() => model.backward(loss)).toThrow(InvalidStateError);
    });
  });

  it('of an operation without a gradient names it', () => {
    const rounding: Block<tf.Tensor> = {
      ...scaleBlock('a'),
      forward: ([w], input) => tf.cumprod(tf.mul(input, w!)),
    };
    using(blocksModel([rounding]), (model) => {
      const loss = tf.sum(model.forward(x));
      expect(() => model.backward(loss)).toThrow(UnavailableError);
    });
  });

  it('to give a loss of the recording is explained, and can be mended', () => {
    using(blocksModel([scaleBlock('a')]), (model) => {
      const output = model.forward(x);
      expect(() => model.backward(output)).toThrow(/scalar float32 loss, got float32 of shape \[3\]/);
      expect(() => model.backward(tf.sum(x))).toThrow(/does not depend on any trainable parameter/);
      expect(() => model.backward(3 as never)).toThrow(/got number/);
      expect(gradientsOf(model, tf.sum(output))).toEqual([['a', { 'a.w': [1, 2, 3] }]]);
    });
  });
});
