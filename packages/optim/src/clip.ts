import type { Device, Rule, Slab } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';

/**
 * Which norm: 2 is the Euclidean one; 1, 3, ... sum powers of magnitudes; `Infinity` is the largest magnitude.
 *
 * @example
 * const largest: NormType = Infinity;
 */
export type NormType = number;

/** What is added to a norm before dividing by it, in PyTorch and DeepSpeed. */
const normEpsilon = 1e-6;

/**
 * The norm of all the slabs' elements together, computed in float64.
 *
 * The Euclidean norm is reduced on the device; other norms copy the slabs to the host. Not finite if an element is
 * not, which is the overflow test; DeepSpeed's `get_global_norm_of_tensors` returns -1 then.
 *
 * @throws InvalidArgumentError when `normType` is not above 0.
 *
 * @example
 * const norm = await globalNorm(device, [gradients]);
 */
export async function globalNorm<S extends Slab>(
  device: Device<S>,
  slabs: readonly S[],
  { normType = 2 }: { readonly normType?: NormType } = {},
): Promise<number> {
  if (!(normType > 0)) {
    throw new InvalidArgumentError(`The type of a norm must be a number above 0; got ${normType}.`);
  }
  if (normType === 2) {
    const sums = await Promise.all(slabs.map((slab) => device.sumOfSquares(slab)));
    return Math.sqrt(sums.reduce((total, sum) => total + sum, 0));
  }
  const arrays = await Promise.all(slabs.map((slab) => device.read(slab)));
  if (normType === Infinity) {
    // Math.max keeps NaN, whichever side it is on.
    return arrays.reduce((most, array) => array.reduce((max, x) => Math.max(max, Math.abs(x)), most), 0);
  }
  const sum = arrays.reduce((total, array) => array.reduce((s, x) => s + Math.abs(x) ** normType, total), 0);
  return sum ** (1 / normType);
}

/**
 * What gradients of this norm are multiplied by so that the norm is at most `maxNorm`:
 * `min(1, maxNorm / (norm + 1e-6))`, as in `torch.nn.utils.clip_grad_norm_`.
 *
 * 0 for an infinite norm and NaN for NaN: test the norm and skip the step before.
 *
 * @throws InvalidArgumentError when `maxNorm` is not above 0.
 *
 * @example
 * clipCoefficient(4, 1); // 0.24999993750001562
 */
export function clipCoefficient(norm: number, maxNorm: number): number {
  if (!(maxNorm > 0)) {
    throw new InvalidArgumentError(
      `The largest norm allowed must be above 0; got ${maxNorm}. Not to clip, leave clipping out.`,
    );
  }
  return Math.min(1, maxNorm / (norm + normEpsilon));
}

/**
 * The state of gradients before a step: scaled by the loss scale, with the norm of the scaled values.
 *
 * @example
 * const scaled: ScaledGradients = { norm: 2048, lossScale: 1024, maxNorm: 1 };
 */
export interface ScaledGradients {
  /** Norm of the gradients as they are, still scaled. */
  readonly norm: number;
  /** Default 1. */
  readonly lossScale?: number;
  /** Largest norm of the unscaled gradients; default 0: no clipping. */
  readonly maxNorm?: number;
}

/**
 * The `gradientScale` that unscales and clips at once: `1 / (lossScale * max(1, (norm / lossScale + 1e-6) / maxNorm))`.
 *
 * DeepSpeed's `unscale_and_clip_grads` of ZeRO (`runtime/zero/stage_1_and_2.py`); the same as `clipCoefficient` of the
 * unscaled norm, divided by the loss scale.
 *
 * @example
 * optimizer.step({ parameter, gradient, gradientScale: unscaleAndClip({ norm, lossScale: 1024, maxNorm: 1 }) });
 */
export function unscaleAndClip({ norm, lossScale = 1, maxNorm = 0 }: ScaledGradients): number {
  if (maxNorm === 0) return 1 / lossScale;
  return clipCoefficient(norm / lossScale, maxNorm) / lossScale;
}

const scaleInPlace: Rule<'gradient', 'factor'> = {
  name: 'scaleInPlace',
  slots: ['gradient'],
  scalars: ['factor'],
  update: ({ mul }, { gradient }, { factor }) => ({ gradient: mul(factor, gradient) }),
};

/**
 * Scales gradients in place so that their norm is at most `maxNorm`, and returns the norm that they had.
 *
 * Training through an optimizer needs no such pass: give it `gradientScale`.
 *
 * @example
 * const norm = await clipByGlobalNorm(device, [gradients], 1);
 */
export async function clipByGlobalNorm<S extends Slab>(
  device: Device<S>,
  slabs: readonly S[],
  maxNorm: number,
  options: { readonly normType?: NormType } = {},
): Promise<number> {
  const norm = await globalNorm(device, slabs, options);
  const factor = clipCoefficient(norm, maxNorm);
  const step = device.compile(scaleInPlace);
  for (const gradient of slabs) step.run({ gradient }, { factor });
  step.dispose();
  return norm;
}
