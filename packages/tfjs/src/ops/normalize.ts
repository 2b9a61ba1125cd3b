import type { Tensor } from '@tensorflow/tfjs-core';
import { tidy, zeros } from '@tensorflow/tfjs-core';
import { runOperation } from '../tfjs-internals.ts';
import { refuse, requireFloat32, requireRow, shapeText } from './argument-checks.ts';
import { composedLayerNorm, composedRmsNorm } from './composed/norms.ts';
import { emptyOperation } from './empty-operation.ts';
import { fusedKernels } from './fused-kernels.ts';

/** Runs `layerNorm`, or without a bias `rmsNorm`. */
export function normalize(
  name: string,
  x: Tensor,
  gain: Tensor,
  bias: Tensor | undefined,
  epsilon: number,
): Tensor {
  requireFloat32(name, { x, gain, bias });
  if (x.rank === 0) refuse(name, 'x must have at least one axis, got a scalar.');
  const width = x.shape.at(-1)!;
  requireRow(name, 'gain', gain, width, `x ${shapeText(x.shape)}`);
  if (bias !== undefined) requireRow(name, 'bias', bias, width, `x ${shapeText(x.shape)}`);
  if (!(epsilon >= 0)) refuse(name, `epsilon must be a number, 0 or more; got ${epsilon}.`);

  const kernels = fusedKernels();
  const inputs = bias === undefined ? { x, gain } : { x, gain, bias };
  const norm = { width, epsilon, centred: bias !== undefined };
  return tidy(name, () => {
    if (x.size === 0) return emptyOperation(inputs, () => zeros(x.shape));
    if (kernels === undefined) {
      return bias === undefined
        ? composedRmsNorm(x, gain, epsilon)
        : composedLayerNorm(x, gain, bias, epsilon);
    }
    return runOperation({
      inputs,
      forward(save) {
        save([x, gain]);
        return kernels.normalize(x, gain, bias, norm);
      },
      gradient(dy, [input, factor]) {
        const gradients = kernels.normalizeGradient(dy, input!, factor!, norm);
        return { x: () => gradients.x, gain: () => gradients.gain, bias: () => gradients.bias! };
      },
    });
  });
}
