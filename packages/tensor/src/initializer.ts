import { sizeOf } from './layout.ts';
import type { Random } from './random.ts';

/** Makes a parameter's first values, in row-major order. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

/**
 * All elements equal to `value`.
 *
 * @example
 * constantInitializer(0.5)([2, 2], createRandom(0)); // 0.5, 0.5, 0.5, 0.5
 */
export function constantInitializer(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/**
 * Zeros; what biases start from.
 *
 * @example
 * const bias: ParameterSpec = { name: 'bias', shape: [3], initializer: zeros };
 */
export const zeros: Initializer = constantInitializer(0);

/**
 * Ones; what the gains of norms start from.
 *
 * @example
 * const gain: ParameterSpec = { name: 'gain', shape: [3], initializer: ones, group: 'norm' };
 */
export const ones: Initializer = constantInitializer(1);

/**
 * Normal with mean 0.
 *
 * @param options `std`: the standard deviation, default 0.02.
 *
 * @example
 * normal({ std: 0.01 })([50, 8], createRandom(42)).length; // 400
 */
export function normal({ std = 0.02 }: { readonly std?: number } = {}): Initializer {
  return (shape, random) => Float32Array.from({ length: sizeOf(shape) }, () => std * random.normal());
}

/**
 * Uniform in [-limit, limit).
 *
 * @param options `limit`: the largest magnitude, default 0.05.
 *
 * @example
 * uniform({ limit: 0.1 })([8], createRandom(42)).every((value) => Math.abs(value) <= 0.1 + 1e-8); // true
 */
export function uniform({ limit = 0.05 }: { readonly limit?: number } = {}): Initializer {
  return (shape, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => limit * (2 * random.uniform() - 1));
}

/**
 * Uniform with variance `2 / (fanIn + fanOut)` (Glorot and Bengio 2010); the last two dimensions are `[fanIn, fanOut]`
 * and leading ones multiply both, as for convolution kernels `[height, width, in, out]`.
 *
 * @example
 * glorotUniform([4, 2], createRandom(42)).every((value) => Math.abs(value) <= 1); // true
 */
export const glorotUniform: Initializer = (shape, random) => {
  const receptive = sizeOf(shape.slice(0, -2));
  const fanIn = (shape.at(-2) ?? 1) * receptive;
  const fanOut = (shape.at(-1) ?? 1) * receptive;
  return uniform({ limit: Math.sqrt(6 / (fanIn + fanOut)) })(shape, random);
};
