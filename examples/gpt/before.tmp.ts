import type { Block } from '@ds/deepspeed';
import { normal, ones, zeros } from '@ds/deepspeed';
import * as tf from '@tensorflow/tfjs-core';

/** The shape of a GPT. */
export interface GptSize {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Tokens that a prediction may look back on. */
  readonly context: number;
}

/** One token per byte. */
const vocabulary = 256;

/** Sizes by name for `--size`. */
export const sizes: Readonly<Record<'tiny' | 'small' | 'medium', GptSize>> = {
  tiny: { layers: 2, heads: 2, width: 64, context: 64 },
  small: { layers: 4, heads: 4, width: 128, context: 128 },
  medium: { layers: 6, heads: 6, width: 192, context: 192 },
};

/**
 * A byte-level GPT as a list of blocks: embedding, pre-LayerNorm transformer blocks, and a head that shares the
 * token embedding (Radford et al. 2019).
 *
 * Input: int32 tokens `[batch, time]`. Output: logits `[batch, time, 256]`.
 */
export function gptBlocks({ layers, heads, width, context }: GptSize): Block<tf.Tensor>[] {
  const embedding = { initializer: normal({ std: 0.02 }), group: 'embedding' };
  // Both the first and the last block name it: one parameter, used twice.
  const tokens = { name: 'token_embedding', shape: [vocabulary, width], ...embedding };
  return [
    {
      name: 'embedding',
      parameters: [tokens, { name: 'position_embedding', shape: [context, width], ...embedding }],
      forward([tokenTable, positionTable], input) {
        const time = input.shape[1]!;
        const positions = time === context ? positionTable! : tf.slice(positionTable!, [0, 0], [time, width]);
        return tf.add(tf.gather(tokenTable!, tf.cast(input, 'int32')), positions);
      },
    },
    ...Array.from({ length: layers }, (_, index) =>
      transformerBlock(`block_${index}`, { layers, heads, width, context }),
    ),
    {
      name: 'head',
      parameters: [...normParameters('final_norm', width), tokens],
      forward([gain, bias, tokenTable], input) {
        const [batch, time] = input.shape as [number, number];
        const rows = tf.reshape(layerNorm(input, gain!, bias!), [batch * time, width]);
        return tf.reshape(tf.matMul(rows, tokenTable!, false, true), [batch, time, vocabulary]);
      },
    },
  ];
}

/** Mean cross-entropy in nats of logits `[batch, time, 256]` against int32 targets `[batch, time]`. */
export function crossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  const rows = tf.reshape(logits, [-1, vocabulary]);
  const oneHot = tf.oneHot(tf.cast(tf.reshape(targets, [-1]), 'int32'), vocabulary);
  const shifted = tf.sub(rows, tf.max(rows, 1, true));
  const logSum = tf.log(tf.sum(tf.exp(shifted), 1));
  return tf.mean(tf.sub(logSum, tf.sum(tf.mul(shifted, oneHot), 1)));
}

function normParameters(name: string, width: number): Block<tf.Tensor>['parameters'] {
  return [
    { name: `${name}.gain`, shape: [width], initializer: ones, group: 'norm' },
    { name: `${name}.bias`, shape: [width], initializer: zeros, group: 'norm' },
  ];
}

function transformerBlock(name: string, { layers, heads, width }: GptSize): Block<tf.Tensor> {
  const weight = { initializer: normal({ std: 0.02 }) };
  // The residual stream adds up 2 * layers branches; GPT-2 keeps its variance by shrinking their last weights.
  const branch = { initializer: normal({ std: 0.02 / Math.sqrt(2 * layers) }) };
  const linear = (
    part: string,
    inputs: number,
    outputs: number,
    options: typeof weight,
  ): Block<tf.Tensor>['parameters'] => [
    { name: `${name}.${part}.weight`, shape: [inputs, outputs], ...options },
    { name: `${name}.${part}.bias`, shape: [outputs], initializer: zeros },
  ];
  return {
    name,
    parameters: [
      ...normParameters(`${name}.attention_norm`, width),
      ...linear('attention', width, 3 * width, weight),
      ...linear('attention_out', width, width, branch),
      ...normParameters(`${name}.mlp_norm`, width),
      ...linear('mlp_in', width, 4 * width, weight),
      ...linear('mlp_out', 4 * width, width, branch),
    ],
    forward(parameters, input) {
      const [gain1, bias1, wQkv, bQkv, wOut, bOut, gain2, bias2, wIn, bIn, wBack, bBack] =
        parameters as tf.Tensor[];
      const attended = attention(layerNorm(input, gain1!, bias1!), wQkv!, bQkv!, heads);
      const middle = tf.add(input, affine(attended, wOut!, bOut!));
      const hidden = gelu(affine(layerNorm(middle, gain2!, bias2!), wIn!, bIn!));
      return tf.add(middle, affine(hidden, wBack!, bBack!));
    },
  };
}

/** `x W + b` over the last axis. */
function affine(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const [inputs, outputs] = weight.shape as [number, number];
  const flat = tf.add(tf.matMul(tf.reshape(x, [-1, inputs]), weight), bias);
  return tf.reshape(flat, [...x.shape.slice(0, -1), outputs]);
}

function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), gain), bias);
}

/** Causal self-attention over `[batch, time, width]`; heads side by side, as in GPT-2. */
function attention(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, heads: number): tf.Tensor {
  const [batch, time, width] = x.shape as [number, number, number];
  const size = width / heads;
  const split = tf.transpose(
    tf.reshape(affine(x, weight, bias), [batch, time, 3, heads, size]),
    [2, 0, 3, 1, 4],
  );
  const [query, key, value] = tf.unstack(split) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(size));
  const weights = tf.softmax(tf.add(scores, causalMask(time)));
  return tf.reshape(tf.transpose(tf.matMul(weights, value), [0, 2, 1, 3]), [batch, time, width]);
}

/** Zero where a position may look (itself and before), a large negative number elsewhere. */
function causalMask(time: number): tf.Tensor {
  const mask = new Float32Array(time * time);
  for (let row = 0; row < time; row++) mask.fill(-1e9, row * time + row + 1, (row + 1) * time);
  return tf.tensor2d(mask, [time, time]);
}

/** GELU in the tanh form that GPT-2 uses. */
function gelu(x: tf.Tensor): tf.Tensor {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}
