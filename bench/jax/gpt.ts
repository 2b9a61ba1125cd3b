import { nn, numpy as np } from '@jax-js/jax';
import type { GptSize } from '../workloads/workload.ts';
import type { Values } from './values.ts';

/** Logits `[batch * context, vocabulary]` of one-hot tokens `[batch * context, vocabulary]`. */
export function gptLogits(p: Values, tokens: np.Array, size: GptSize): np.Array {
  const { layers, width, batch, context } = size;
  let x = np
    .matmul(tokens, p['token_embedding']!)
    .reshape([batch, context, width])
    .add(p['position_embedding']!)
    .reshape([batch * context, width]);
  for (let layer = 0; layer < layers; layer++) {
    const name = `block_${layer}`;
    const normed = layerNorm(p, `${name}.attention_norm`, x.ref);
    const attended = attention(linear(p, `${name}.attention`, normed), size);
    x = x.add(linear(p, `${name}.attention_out`, attended));
    const hidden = nn.gelu(linear(p, `${name}.mlp_in`, layerNorm(p, `${name}.mlp_norm`, x.ref)));
    x = x.add(linear(p, `${name}.mlp_out`, hidden));
  }
  return np.matmul(layerNorm(p, 'final_norm', x), p['head']!);
}

function linear(p: Values, name: string, x: np.Array): np.Array {
  return np.matmul(x, p[`${name}.weight`]!).add(p[`${name}.bias`]!);
}

function layerNorm(p: Values, name: string, x: np.Array): np.Array {
  return nn.standardize(x, -1).mul(p[`${name}.gain`]!).add(p[`${name}.bias`]!);
}

function attention(queryKeyValue: np.Array, { batch, context, heads, width }: GptSize): np.Array {
  const parts = np.split(queryKeyValue.reshape([batch, context, 3, heads, width / heads]), 3, 2);
  const [query, key, value] = parts.map((part) => part.reshape([batch, context, heads, width / heads]));
  return nn.dotProductAttention(query!, key!, value!, { isCausal: true }).reshape([batch * context, width]);
}
