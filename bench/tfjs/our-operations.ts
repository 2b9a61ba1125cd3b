import { embedding, gelu, layerNorm, linear, selfAttention, softmaxCrossEntropy } from '@ds/tfjs';
import type * as tf from '@tensorflow/tfjs-core';
import type { Operations } from './operations.ts';

/** Our fused operations. */
export const ourOperations: Operations = {
  linear: (x, weight, bias, activation) =>
    linear(x, weight, bias, activation === undefined ? {} : { activation }),
  layerNorm,
  gelu,
  attention: (queryKeyValue, heads) => selfAttention(queryKeyValue, heads, { causal: true }),
  embedding,
  softmaxCrossEntropy: (logits, classes) => softmaxCrossEntropy(logits, classes) as tf.Scalar,
};
