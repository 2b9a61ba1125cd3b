import type * as tf from '@tensorflow/tfjs-core';

/** What models are made of, in the shapes that the models use. */
export interface Operations {
  /** `x W + b` over the last axis; `x` may have any number of axes before it. */
  linear(
    x: tf.Tensor,
    weight: tf.Tensor,
    bias: tf.Tensor | undefined,
    activation?: 'relu' | 'gelu',
  ): tf.Tensor;
  /** Over the last axis, with epsilon 1e-5. */
  layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor;
  /** In the tanh form. */
  gelu(x: tf.Tensor): tf.Tensor;
  /** Causal self-attention: `[batch, time, 3 * width]` (query, key, value, each with its heads side by side) to `[batch, time, width]`. */
  attention(queryKeyValue: tf.Tensor, heads: number): tf.Tensor;
  /** Rows of the table for int32 indices. */
  embedding(table: tf.Tensor, indices: tf.Tensor): tf.Tensor;
  /** Mean over rows of logits `[rows, classes]` against int32 classes `[rows]`. */
  softmaxCrossEntropy(logits: tf.Tensor, classes: tf.Tensor): tf.Scalar;
}
