import type { Tensor } from '@tensorflow/tfjs-core';
import { gather, reshape, tidy, zeros } from '@tensorflow/tfjs-core';
import { runOperation } from '../tfjs-internals.ts';
import { refuse, requireFloat32, requireIndices, shapeText } from './argument-checks.ts';
import { emptyOperation } from './empty-operation.ts';
import { fusedKernels } from './fused-kernels.ts';

/**
 * Looks up rows of a table. The gradient of a row is the sum of those of all places where it was looked up.
 *
 * Keeps `ids` for the gradient.
 *
 * @param table float32 `[rows, width]`.
 * @param ids int32, any shape, each from 0 to rows - 1. On `webgpu` an id out of range is not an error, because finding
 *   it would mean to wait for the GPU: it gives what `tf.gather` gives there, zeros.
 * @returns `[...shape of ids, width]`.
 * @throws InvalidArgumentError for other types and ranks, and ids out of range.
 * @example
 * embedding(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor1d([1, 1, 0], 'int32')); // [[3, 4], [3, 4], [1, 2]]
 */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  requireFloat32('embedding', { table });
  if (table.rank !== 2) {
    refuse('embedding', `table must have shape [rows, width], got ${shapeText(table.shape)}.`);
  }
  const [rows, width] = table.shape as [number, number];
  requireIndices('embedding', 'ids', ids, rows, `table ${shapeText(table.shape)}`);

  const shape = [...ids.shape, width];
  const kernels = fusedKernels();
  return tidy('embedding', () => {
    if (table.size * ids.size === 0) return emptyOperation({ table }, () => zeros(shape));
    if (kernels === undefined) return reshape(gather(table, reshape(ids, [-1])), shape);
    return runOperation({
      inputs: { table },
      forward(save) {
        save([ids]);
        return kernels.gatherRows(table, ids, shape);
      },
      gradient: (dy, [places]) => ({ table: () => kernels.scatterRows(dy, places!, [rows, width]) }),
    });
  });
}
