import { numpy as np } from '@jax-js/jax';
import { training } from '../workloads/workload.ts';
import type { Values } from './values.ts';

/** Moments, and the powers of beta that correct their bias. */
export interface AdamState {
  readonly [key: string]: Values | np.Array;
  readonly m: Values;
  readonly v: Values;
  readonly power1: np.Array;
  readonly power2: np.Array;
}

export function adamState(parameters: Values): AdamState {
  const zeros = (): Values =>
    Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, np.zeros([...value.shape])]));
  return { m: zeros(), v: zeros(), power1: np.array(1), power2: np.array(1) };
}

/** One step of Adam, or of AdamW with a weight decay; `@jax-js/optax`, which has them, is not on npm. */
export function adamStep(
  parameters: Values,
  gradients: Values,
  state: AdamState,
  weightDecay: number,
): [Values, AdamState] {
  const { learningRate, beta1, beta2, epsilon } = training;
  const power1 = state.power1.mul(beta1);
  const power2 = state.power2.mul(beta2);
  const scale1 = np.reciprocal(np.subtract(1, power1.ref));
  const scale2 = np.reciprocal(np.subtract(1, power2.ref));
  const next: { parameters: Values; m: Values; v: Values } = { parameters: {}, m: {}, v: {} };
  for (const [name, gradient] of Object.entries(gradients)) {
    const m = state.m[name]!.mul(beta1).add(gradient.ref.mul(1 - beta1));
    const v = state.v[name]!.mul(beta2).add(np.square(gradient).mul(1 - beta2));
    const denominator = np.sqrt(v.ref.mul(scale2.ref)).add(epsilon);
    const update = m.ref.mul(scale1.ref).div(denominator).mul(-learningRate);
    const decayed =
      weightDecay === 0 ? parameters[name]! : parameters[name]!.mul(1 - learningRate * weightDecay);
    next.parameters[name] = decayed.add(update);
    next.m[name] = m;
    next.v[name] = v;
  }
  scale1.dispose();
  scale2.dispose();
  return [next.parameters, { m: next.m, v: next.v, power1, power2 }];
}
