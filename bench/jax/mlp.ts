import { nn, numpy as np } from '@jax-js/jax';
import type { MlpSize } from '../workloads/workload.ts';
import type { Values } from './values.ts';

export function mlpLogits(p: Values, input: np.Array, { widths }: MlpSize): np.Array {
  const layers = widths.length - 1;
  let x = input;
  for (let layer = 0; layer < layers; layer++) {
    x = np.matmul(x, p[`layer_${layer}.weight`]!).add(p[`layer_${layer}.bias`]!);
    if (layer < layers - 1) x = nn.relu(x);
  }
  return x;
}
