import type { Benchmark } from '../benchmark.ts';
import { compare } from '../measure.ts';
import { tfjsNode } from '../recorded.ts';
import type { TrainParameters } from '../workloads/workload.ts';
import { stepsPerSecond } from '../rates.ts';

/** Steps of a small classifier. */
export const bench: Benchmark = async function* bench({ host }) {
  const parameters: TrainParameters = {
    workload: { kind: 'mlp', widths: [784, 256, 256, 10], batch: 64 },
    optimizer: 'adam',
  };
  yield* await compare(host, {
    name: 'train-mlp',
    case: '784-256-256-10, batch 64, Adam',
    ours: { side: 'train-ours', parameters },
    peers: [
      { name: 'tfjs-wasm', side: 'train-stock', parameters, target: 8 },
      { name: 'jax-js', side: 'train-jax', parameters, target: 1.5 },
      ...tfjsNode(host, 174),
    ],
    rate: stepsPerSecond,
    warmup: 20,
    rounds: 15,
  });
};
