import type { Tensor } from '@tensorflow/tfjs-core';
import { fill, mean, sum, tidy } from '@tensorflow/tfjs-core';
import { runOperation } from '../tfjs-internals.ts';
import { refuse, requireFloat32, requireIndices, shapeText } from './argument-checks.ts';
import { composedCrossEntropy } from './composed/cross-entropy.ts';
import { emptyOperation } from './empty-operation.ts';
import { fusedKernels } from './fused-kernels.ts';

/** How `softmaxCrossEntropy` computes. */
export interface CrossEntropyOptions {
  /** What becomes of the losses: their mean (default), their sum, or nothing: one for each label. */
  readonly reduction?: 'mean' | 'sum' | 'none';
}

/**
 * Cross-entropy in nats of the softmax of `logits` against the numbers of the right classes; no one-hot labels.
 *
 * Keeps `logits` and `labels` for the gradient.
 *
 * @param logits float32 `[..., classes]`.
 * @param labels int32 `[...]`, each from 0 to classes - 1. On `webgpu` a label out of range is not an error, because
 *   finding it would mean to wait for the GPU: it makes its loss, and the gradient of its logits, NaN.
 * @returns a scalar, or with `reduction: 'none'` a tensor of the shape of `labels`.
 * @throws InvalidArgumentError for other types, shapes that do not fit, and labels out of range.
 * @example
 * softmaxCrossEntropy(tf.tensor2d([[0, 0], [0, 5]]), tf.tensor1d([0, 1], 'int32')); // 0.3499
 */
export function softmaxCrossEntropy(
  logits: Tensor,
  labels: Tensor,
  { reduction = 'mean' }: CrossEntropyOptions = {},
): Tensor {
  const name = 'softmaxCrossEntropy';
  requireFloat32(name, { logits });
  const classes = logits.shape.at(-1);
  if (classes === undefined) refuse(name, 'logits must have at least one axis, got a scalar.');
  if (labels.shape.join() !== logits.shape.slice(0, -1).join()) {
    refuse(
      name,
      `labels must have shape ${shapeText(logits.shape.slice(0, -1))}, one for each row of logits ` +
        `${shapeText(logits.shape)}; got ${shapeText(labels.shape)}.`,
    );
  }
  if (!['mean', 'sum', 'none'].includes(reduction)) {
    refuse(name, `reduction must be "mean", "sum" or "none", got "${reduction}".`);
  }
  requireIndices(name, 'labels', labels, classes, `logits ${shapeText(logits.shape)}`);

  const kernels = fusedKernels();
  const factor = reduction === 'mean' ? 1 / labels.size : 1;
  const reduce = (losses: Tensor): Tensor => {
    if (reduction === 'mean') return mean(losses);
    return reduction === 'sum' ? sum(losses) : losses;
  };
  return tidy(name, () => {
    if (logits.size === 0) {
      // The mean of no losses, and the loss where there are no classes, is NaN.
      const shape = reduction === 'none' ? labels.shape : [];
      const value = reduction === 'sum' && labels.size === 0 ? 0 : Number.NaN;
      return emptyOperation({ logits }, () => fill(shape, value));
    }
    if (kernels === undefined) return reduce(composedCrossEntropy(logits, labels));
    return runOperation({
      inputs: { logits },
      forward(save) {
        save([logits, labels]);
        return reduce(kernels.crossEntropy(logits, labels));
      },
      gradient: (dy, [input, classesOf]) => ({
        logits: () => kernels.crossEntropyGradient(dy, input!, classesOf!, factor),
      }),
    });
  });
}
