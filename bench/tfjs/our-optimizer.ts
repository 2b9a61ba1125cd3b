import { adam, adamW } from '@ds/deepspeed';
import type { OptimizerDefinition } from '@ds/tensor';
import type { TrainParameters } from '../workloads/workload.ts';
import { training } from '../workloads/workload.ts';

export function ourOptimizer(name: TrainParameters['optimizer']): OptimizerDefinition {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = training;
  const options = { learningRate, betas: [beta1, beta2] as const, eps: epsilon };
  return name === 'adam' ? adam(options) : adamW({ ...options, weightDecay });
}
