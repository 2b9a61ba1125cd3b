import type { Tensor } from '@tensorflow/tfjs-core';
import {
  linspace,
  matMul,
  mul,
  reshape,
  softmax,
  split,
  transpose,
  where,
  fill,
  lessEqual,
} from '@tensorflow/tfjs-core';
import type { AttentionGeometry } from '../attention-geometry.ts';

/** `attention` in tfjs's operations, which keep the scores of the whole batch. */
export function composedAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { scale, causal, queries }: AttentionGeometry,
): Tensor {
  const scores = mul(matMul(query, key, false, true), scale);
  return matMul(softmax(causal ? hideLater(scores, queries) : scores), value);
}

/** `selfAttention` in tfjs's operations. */
export function composedSelfAttention(projection: Tensor, geometry: AttentionGeometry): Tensor {
  const { batch, heads, queries: time, size } = geometry;
  const apart = transpose(reshape(projection, [batch, time, 3, heads, size]), [2, 0, 3, 1, 4]);
  const [query, key, value] = split(apart, 3).map((part) => reshape(part, [batch, heads, time, size]));
  const out = composedAttention(query!, key!, value!, geometry);
  return reshape(transpose(out, [0, 2, 1, 3]), geometry.outShape);
}

/** -Infinity where the key comes after the query. */
function hideLater(scores: Tensor, time: number): Tensor {
  const places = linspace(0, time - 1, time);
  const seen = lessEqual(reshape(places, [1, time]), reshape(places, [time, 1]));
  return where(seen, scores, fill(scores.shape, Number.NEGATIVE_INFINITY));
}
