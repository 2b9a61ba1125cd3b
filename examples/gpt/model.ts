import type { Block } from '@ds/deepspeed';
import {
  embedding,
  layerNorm,
  linearLayer,
  normal,
  ones,
  selfAttention,
  softmaxCrossEntropy,
  zeros,
} from '@ds/deepspeed';
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
  const table = { initializer: normal({ std: 0.02 }), group: 'embedding' };
  // Both the first and the last block name it: one parameter, used twice.
  const tokens = { name: 'token_embedding', shape: [vocabulary, width], ...table };
  return [
    {
      name: 'embedding',
      parameters: [tokens, { name: 'position_embedding', shape: [context, width], ...table }],
      forward([tokenTable, positionTable], input) {
        const time = input.shape[1]!;
        const positions = time === context ? positionTable! : tf.slice(positionTable!, [0, 0], [time, width]);
        return tf.add(embedding(tokenTable!, input), positions);
      },
    },
    ...Array.from({ length: layers }, (_, index) =>
      transformerBlock(`block_${index}`, { layers, heads, width, context }),
    ),
    {
      name: 'head',
      parameters: [...normParameters('final_norm', width), tokens],
      forward([gain, bias, tokenTable], input) {
        return linearLayer(layerNorm(input, gain!, bias!), tokenTable!, undefined, { transposeWeight: true });
      },
    },
  ];
}

/** Mean cross-entropy in nats of logits `[batch, time, 256]` against int32 targets `[batch, time]`. */
export function crossEntropy(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return softmaxCrossEntropy(logits, targets) as tf.Scalar;
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
      const projection = linearLayer(layerNorm(input, gain1!, bias1!), wQkv!, bQkv!);
      const attended = selfAttention(projection, heads, { causal: true });
      const middle = tf.add(input, linearLayer(attended, wOut!, bOut!));
      const hidden = linearLayer(layerNorm(middle, gain2!, bias2!), wIn!, bIn!, { activation: 'gelu' });
      return tf.add(middle, linearLayer(hidden, wBack!, bBack!));
    },
  };
}
