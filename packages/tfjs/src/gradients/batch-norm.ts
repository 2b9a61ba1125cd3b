import type { FusedBatchNormAttrs, GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { add, FusedBatchNorm, mul, neg, reshape, rsqrt, sub } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';
import { sumToShape } from './sum-to-shape.ts';

/**
 * Names of inputs of which some may be missing.
 *
 * tfjs maps the names to tensors and keeps a clone of each; it would stumble over `undefined`.
 */
class PresentInputs extends Array<string> {
  override map<T>(find: (name: string, index: number, names: string[]) => T): T[] {
    return Array.from(this, (name, index) => find(name, index, this)).filter((found) => found !== undefined);
  }
}

/**
 * With r = 1 / sqrt(variance + epsilon), y = (x - mean) r scale + offset. So
 *
 * - dx = dy r scale,
 * - dmean = -sum of dy r scale,
 * - dvariance = sum of dy (x - mean) (-r^3 / 2) scale,
 * - dscale = sum of dy (x - mean) r,
 * - doffset = sum of dy,
 *
 * sums being over what shares a statistic. tfjs has these too, but needs scale and offset. Its tape needs
 * `nameBatchNormInputs` besides.
 */
export const batchNormGradient: GradConfig = {
  kernelName: FusedBatchNorm,
  inputsToSave: PresentInputs.from(['x', 'mean', 'variance', 'scale']),
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys);
    const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor | undefined];
    const { varianceEpsilon } = attributes as unknown as FusedBatchNormAttrs;
    const r = rsqrt(add(variance, varianceEpsilon));
    const scaled = (tensor: Tensor): Tensor => (scale === undefined ? tensor : mul(tensor, scale));
    const centered = (): Tensor => sub(x, mean);
    return {
      x: () => reshape(scaled(mul(dy, r)), x.shape),
      mean: () => sumToShape(mul(neg(r), scaled(dy)), mean.shape),
      variance: () => {
        const slope = mul(mul(mul(r, r), r), -0.5);
        return sumToShape(mul(mul(slope, centered()), scaled(dy)), variance.shape);
      },
      scale: () => sumToShape(mul(dy, mul(centered(), r)), mean.shape),
      offset: () => sumToShape(dy, mean.shape),
    };
  },
};
