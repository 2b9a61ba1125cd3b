import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { registerGradients } from '../../src/index.ts';
import '../backends.ts';

/** What cannot be differentiated, why, and what to write instead. The readme lists the same. */
const limits: readonly {
  readonly name: string;
  readonly reason: string;
  readonly run: (x: never) => tf.Tensor;
  readonly shape: number[];
}[] = [
  {
    name: 'tf.fused.conv2d, dilated, without activation',
    reason: 'brings its own gradient and refuses dilations; tf.add(tf.conv2d(...), bias) is as fast',
    run: (x) => tf.fused.conv2d({ x, filter: tf.ones([2, 2, 1, 1]), strides: 1, pad: 'same', dilations: 2 }),
    shape: [1, 4, 4, 1],
  },
  {
    name: 'tf.fused.depthwiseConv2d, dilated, without activation',
    reason: 'as tf.fused.conv2d',
    run: (x) =>
      tf.fused.depthwiseConv2d({ x, filter: tf.ones([2, 2, 1, 1]), strides: 1, pad: 'same', dilations: 2 }),
    shape: [1, 4, 4, 1],
  },
  {
    name: 'tf.fused.matMul of a batch and one matrix, without activation',
    reason: 'brings its own gradient and forgets the sum over the batch; use tf.matMul and tf.add',
    run: (b) => tf.fused.matMul({ a: tf.ones([2, 2, 3]), b }),
    shape: [3, 2],
  },
  {
    name: 'tf.complex, tf.real, tf.imag, tf.fft, tf.ifft, and with them tf.spectral.rfft, irfft and tf.signal.stft',
    reason: "tfjs's tape takes gradients of float32 only; tf.matMul with a matrix of cosines and sines does",
    run: (x) => tf.abs(tf.spectral.rfft(x)),
    shape: [1, 4],
  },
  {
    name: 'a gradient of a gradient of convolutions and pools',
    reason: 'their gradients are kernels without one',
    run: (x) => tf.grad((y) => tf.sum(tf.square(tf.maxPool(y as tf.Tensor4D, 2, 2, 'valid'))))(x),
    shape: [1, 2, 2, 1],
  },
];

beforeAll(async () => {
  registerGradients();
  await tf.setBackend('cpu');
});

describe('what tfjs computes and cannot differentiate fails, and is not silently wrong', () => {
  test.each(limits)('$name: $reason', ({ run, shape }) => {
    const gradient = tf.grad((x) => tf.sum(tf.square(run(x as never))));
    expect(() => gradient(tf.ones(shape))).toThrow(Error);
  });
});
