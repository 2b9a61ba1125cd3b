import type { AttentionSizes } from '@ds/kernels';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tidy, zeros } from '@tensorflow/tfjs-core';
import { runOperation } from '../tfjs-internals.ts';
import { refuse, requireFloat32, shapeText } from './argument-checks.ts';
import type { AttentionGeometry } from './attention-geometry.ts';
import { packedGeometry, separateGeometry } from './attention-geometry.ts';
import { composedAttention, composedSelfAttention } from './composed/attention.ts';
import { emptyOperation } from './empty-operation.ts';
import { fusedKernels } from './fused-kernels.ts';

/** How attention computes. */
export interface AttentionOptions {
  /** A query sees only the keys up to its own place. Default false. */
  readonly causal?: boolean;
  /** Positive factor of the scores; default 1 / sqrt(size). */
  readonly scale?: number;
}

/**
 * softmax(scale * query key') value for every batch and head.
 *
 * Memory is linear in the number of keys on `wasm` and `webgpu`: scores exist for a few queries at a time and are
 * computed again for the gradient, which keeps the inputs, the output, and one number for each query. (Dao et al.,
 * "FlashAttention", 2022. On other backends, and on `webgpu` with a size above 256, tfjs's operations keep the scores of
 * the whole batch.) What a query does not see, because of `causal`, has no effect on it, unless it is NaN or infinite.
 *
 * @param query float32 `[batch, heads, time, size]`.
 * @param key float32 `[batch, heads, keys, size]`; with `causal` as many keys as queries.
 * @param value float32, shape of `key`.
 * @returns a tensor of the shape of `query`.
 * @throws InvalidArgumentError for other types, shapes that do not fit, and a scale that is not positive.
 * @example
 * const heads = tf.randomNormal([2, 4, 16, 8]);
 * attention(heads, heads, heads, { causal: true }).shape; // [2, 4, 16, 8]
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { causal = false, scale }: AttentionOptions = {},
): Tensor {
  const name = 'attention';
  requireFloat32(name, { query, key, value });
  if (query.rank !== 4) {
    refuse(name, `query must have shape [batch, heads, time, size], got ${shapeText(query.shape)}.`);
  }
  const [batch, heads, queries, size] = query.shape as [number, number, number, number];
  const keys = key.shape[2] ?? 0;
  const fits = key.shape.join() === [batch, heads, keys, size].join();
  if (!fits || value.shape.join() !== key.shape.join()) {
    refuse(
      name,
      `key and value must both have shape [${batch}, ${heads}, keys, ${size}], for query ` +
        `${shapeText(query.shape)}; got ${shapeText(key.shape)} and ${shapeText(value.shape)}.`,
    );
  }
  if (causal && keys !== queries) {
    refuse(name, `with causal, there must be as many keys as queries; got ${keys} and ${queries}.`);
  }
  const sizes = { batch, heads, queries, keys, size, causal, scale: scaleFor(name, size, scale) };
  const geometry = separateGeometry(sizes);
  return attend(name, { query, key, value }, geometry, () => composedAttention(query, key, value, geometry));
}

/**
 * Attention of a sequence to itself, straight from the projection that gives queries, keys and values.
 *
 * What `attention` says of memory goes here too; there are no transposes or copies around it.
 *
 * @param projection float32 `[batch, time, 3 * width]`: along the last axis all queries, then keys, then values, each of
 *   them head by head, as in GPT-2.
 * @param heads divides the width.
 * @returns `[batch, time, width]`, head by head.
 * @throws InvalidArgumentError for other types, shapes that do not fit, and a scale that is not positive.
 * @example
 * const projection = linear(tf.ones([2, 16, 32]), tf.ones([32, 96]));
 * selfAttention(projection, 4, { causal: true }).shape; // [2, 16, 32]
 */
export function selfAttention(
  projection: Tensor,
  heads: number,
  { causal = false, scale }: AttentionOptions = {},
): Tensor {
  const name = 'selfAttention';
  requireFloat32(name, { projection });
  if (!Number.isInteger(heads) || heads < 1) {
    refuse(name, `heads must be a whole number, 1 or more; got ${heads}.`);
  }
  const [batch, time, packed] = projection.shape as [number, number, number];
  const size = packed / 3 / heads;
  if (projection.rank !== 3 || !Number.isInteger(size)) {
    refuse(
      name,
      `projection must have shape [batch, time, 3 * width], with a width that ${heads} heads divide; got ` +
        `${shapeText(projection.shape)}.`,
    );
  }
  const sizes: AttentionSizes = {
    batch,
    heads,
    queries: time,
    keys: time,
    size,
    causal,
    scale: scaleFor(name, size, scale),
  };
  const geometry = packedGeometry(sizes);
  return attend(name, { projection }, geometry, () => composedSelfAttention(projection, geometry));
}

function attend(
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  geometry: AttentionGeometry,
  composed: () => Tensor,
): Tensor {
  const operands = Object.values(inputs);
  const kernels = fusedKernels();
  return tidy(name, () => {
    // Attention to no keys is a sum over nothing.
    if (operands.some(({ size }) => size === 0)) {
      return emptyOperation(inputs, () => zeros(geometry.outShape));
    }
    if (kernels?.canAttend(geometry) !== true) return composed();
    return runOperation({
      inputs,
      forward(save) {
        const { out, logSums } = kernels.attend(operands, geometry);
        save([...operands, out, logSums]);
        return out;
      },
      gradient(dy, saved) {
        const [out, logSums] = saved.slice(-2) as [Tensor, Tensor];
        const gradients = kernels.attendGradient(dy, saved.slice(0, -2), out, logSums, geometry);
        return Object.fromEntries(
          Object.keys(inputs).map((input, index) => [input, () => gradients[index]!]),
        );
      },
    });
  });
}

function scaleFor(name: string, size: number, scale = 1 / Math.sqrt(size)): number {
  if (!(scale > 0)) refuse(name, `scale must be a positive number, got ${scale}.`);
  return scale;
}
