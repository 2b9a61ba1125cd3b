import type { Tensor } from '@tensorflow/tfjs-core';
import { tidy, zeros } from '@tensorflow/tfjs-core';
import { runOperation } from '../tfjs-internals.ts';
import { requireFloat32 } from './argument-checks.ts';
import { composedGelu } from './composed/activations.ts';
import { emptyOperation } from './empty-operation.ts';
import { fusedKernels } from './fused-kernels.ts';

/**
 * The Gaussian error linear unit in the tanh form that GPT-2 uses: x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
 *
 * Source: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016). It differs from the form with the error function
 * by less than 5e-4. Keeps `x` for the gradient.
 *
 * @param x float32, any shape.
 * @returns a tensor of the same shape.
 * @throws InvalidArgumentError for other types.
 * @example
 * gelu(tf.tensor1d([-1, 0, 1])); // [-0.1588, 0, 0.8412]
 */
export function gelu(x: Tensor): Tensor {
  requireFloat32('gelu', { x });
  const kernels = fusedKernels();
  return tidy('gelu', () => {
    if (x.size === 0) return emptyOperation({ x }, () => zeros(x.shape));
    if (kernels === undefined) return composedGelu(x);
    return runOperation({
      inputs: { x },
      forward(save) {
        save([x]);
        return kernels.gelu(x);
      },
      gradient: (dy, [input]) => ({ x: () => kernels.geluGradient(dy, input!) }),
    });
  });
}
