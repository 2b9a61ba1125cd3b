import * as tf from '@tensorflow/tfjs-core';
import type { Operations } from './operations.ts';

/** As one writes them with tfjs alone, in what runs fastest on its wasm backend. */
export const stockOperations: Operations = {
  linear(x, weight, bias, activation) {
    const [inputs, outputs] = weight.shape as [number, number];
    const a = x.shape.length === 2 ? (x as tf.Tensor2D) : tf.reshape(x, [-1, inputs]);
    const flat = tf.fused.matMul({
      a,
      b: weight as tf.Tensor2D,
      ...(bias === undefined ? {} : { bias }),
      ...(activation === 'relu' ? { activation } : {}),
    });
    const output = x.shape.length === 2 ? flat : tf.reshape(flat, [...x.shape.slice(0, -1), outputs]);
    return activation === 'gelu' ? gelu(output) : output;
  },

  layerNorm(x, gain, bias) {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), gain), bias);
  },

  gelu,

  attention(queryKeyValue, heads) {
    const [batch, time, width] = queryKeyValue.shape as [number, number, number];
    const size = width / 3 / heads;
    const split = tf.transpose(tf.reshape(queryKeyValue, [batch, time, 3, heads, size]), [2, 0, 3, 1, 4]);
    const [query, key, value] = tf.unstack(split) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(size));
    const weights = tf.softmax(tf.add(scores, causalMask(time)));
    return tf.reshape(tf.transpose(tf.matMul(weights, value), [0, 2, 1, 3]), [batch, time, width / 3]);
  },

  // The wasm backend of tfjs has no gradient for `tf.gather`.
  embedding(table, indices) {
    const [rows, width] = table.shape as [number, number];
    const oneHot = tf.oneHot(tf.reshape(indices, [-1]) as tf.Tensor1D, rows);
    return tf.reshape(tf.matMul(tf.cast(oneHot, 'float32'), table), [...indices.shape, width]);
  },

  softmaxCrossEntropy(logits, classes) {
    const oneHot = tf.cast(tf.oneHot(classes as tf.Tensor1D, logits.shape[1]!), 'float32');
    return tf.losses.softmaxCrossEntropy(oneHot, logits);
  },
};

/** In the tanh form that GPT-2 uses. */
function gelu(x: tf.Tensor): tf.Tensor {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}

const masks = new Map<number, tf.Tensor>();

/** Zero where a position may look (itself and before), a large negative number elsewhere. */
function causalMask(time: number): tf.Tensor {
  let mask = masks.get(time);
  if (mask === undefined) {
    const values = new Float32Array(time * time);
    for (let row = 0; row < time; row++) values.fill(-1e9, row * time + row + 1, (row + 1) * time);
    mask = tf.keep(tf.tensor2d(values, [time, time]));
    masks.set(time, mask);
  }
  return mask;
}
