import type { Tensor } from '@tensorflow/tfjs-core';
import { add, engine, tidy, zeros } from '@tensorflow/tfjs-core';
import { runOperation } from '../tfjs-internals.ts';
import { refuse, requireFloat32, requireRow, shapeText } from './argument-checks.ts';
import { composedActivation } from './composed/activations.ts';
import { composedLinear } from './composed/linear.ts';
import { emptyOperation } from './empty-operation.ts';
import type { FusedKernels } from './fused-kernels.ts';
import { fusedKernels } from './fused-kernels.ts';

/** What `linear` does to its sums; `gelu` is the tanh form, as of the function of that name. */
export type LinearActivation = 'linear' | 'relu' | 'gelu';

/** How `linear` computes. */
export interface LinearOptions {
  /** Default `linear`: nothing. */
  readonly activation?: LinearActivation;
  /** The weight is `[outputs, inputs]`, as a table of embeddings or a weight of PyTorch. Default false. */
  readonly transposeWeight?: boolean;
}

/**
 * activation(x W + b) over the last axis: a dense layer in one operation.
 *
 * Keeps `x` and the weight for the gradient, with `relu` its output too, with `gelu` the sums before it.
 *
 * @param x float32 `[..., inputs]`.
 * @param weight float32 `[inputs, outputs]`.
 * @param bias float32 `[outputs]`, or nothing.
 * @returns `[..., outputs]`.
 * @throws InvalidArgumentError for other types, and for shapes that do not fit.
 * @example
 * linear(tf.ones([2, 5, 3]), tf.ones([3, 4]), tf.zeros([4]), { activation: 'gelu' }).shape; // [2, 5, 4]
 */
export function linear(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  { activation = 'linear', transposeWeight = false }: LinearOptions = {},
): Tensor {
  check(x, weight, bias, activation, transposeWeight);
  const inner = x.shape.at(-1)!;
  const columns = weight.shape[transposeWeight ? 0 : 1]!;
  const shape = [...x.shape.slice(0, -1), columns];
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const kernels = fusedKernels();
  const inputs = bias === undefined ? { x, weight } : { x, weight, bias };
  return tidy('linear', () => {
    if (rows * columns === 0) return emptyOperation(inputs, () => zeros(shape));
    if (inner === 0) {
      const sums = emptyOperation({ x, weight }, () => zeros(shape));
      return composedActivation(bias === undefined ? sums : add(sums, bias), activation);
    }
    if (kernels === undefined) {
      return composedLinear(x, weight, bias, activation, transposeWeight, shape);
    }
    const recorded = engine().isTapeOn();
    return runOperation({
      inputs,
      forward(save) {
        const sums = kernels.multiply(x, weight, shape, {
          rows,
          columns,
          inner,
          transposeB: transposeWeight,
          bias,
          relu: activation === 'relu',
        });
        if (activation === 'gelu') {
          if (recorded) save([x, weight, sums]);
          return kernels.gelu(sums);
        }
        if (recorded) save(activation === 'relu' ? [x, weight, sums] : [x, weight]);
        return sums;
      },
      gradient(dy, [input, matrix, kept]) {
        const gradient = beforeActivation(kernels, activation, dy, kept);
        return {
          x: () =>
            kernels.multiply(gradient, matrix!, x.shape, {
              rows,
              columns: inner,
              inner: columns,
              transposeB: !transposeWeight,
            }),
          weight: () => {
            const [a, b] = transposeWeight ? [gradient, input!] : [input!, gradient];
            const [height, width] = weight.shape as [number, number];
            return kernels.multiply(a, b, weight.shape, {
              rows: height,
              columns: width,
              inner: rows,
              transposeA: true,
            });
          },
          bias: () => kernels.sumRows(gradient),
        };
      },
    });
  });
}

/** The gradient of the sums, from that of the output. */
function beforeActivation(
  kernels: FusedKernels,
  activation: LinearActivation,
  dy: Tensor,
  kept: Tensor | undefined,
): Tensor {
  if (activation === 'gelu') return kernels.geluGradient(dy, kept!);
  return activation === 'relu' ? kernels.reluGradient(dy, kept!) : dy;
}

function check(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  activation: string,
  transposeWeight: boolean,
): void {
  requireFloat32('linear', { x, weight, bias });
  if (x.rank === 0) refuse('linear', 'x must have at least one axis, got a scalar.');
  if (weight.rank !== 2) {
    refuse('linear', `weight must be a matrix, got shape ${shapeText(weight.shape)}.`);
  }
  const [inputs, outputs] = transposeWeight ? weight.shape.toReversed() : weight.shape;
  if (x.shape.at(-1) !== inputs) {
    const hint = x.shape.at(-1) === outputs ? ` Should transposeWeight be ${String(!transposeWeight)}?` : '';
    refuse(
      'linear',
      `inner sizes (${x.shape.at(-1)}) and (${inputs}) of x ${shapeText(x.shape)} and weight ` +
        `${shapeText(weight.shape)} with transposeWeight=${String(transposeWeight)} must match.${hint}`,
    );
  }
  if (bias !== undefined) requireRow('linear', 'bias', bias, outputs!, `weight ${shapeText(weight.shape)}`);
  if (!['linear', 'relu', 'gelu'].includes(activation)) {
    refuse('linear', `activation must be "linear", "relu" or "gelu", got "${activation}".`);
  }
}
