/**
 * What to multiply gradients by so that their norm does not exceed `maxNorm`; 1 when it does not, or `maxNorm` is 0.
 *
 * `maxNorm / (norm + 1e-6)` where that is below 1: PyTorch's `clip_grad_norm_` and DeepSpeed's ZeRO agree on it.
 */
export function clippingCoefficient(norm: number, maxNorm: number): number {
  return maxNorm === 0 ? 1 : Math.min(1, maxNorm / (norm + 1e-6));
}
