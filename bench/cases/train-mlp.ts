import type { Benchmark } from '../benchmark.ts';
import { compare } from '../measure.ts';
import { trainingProfile } from '../profile.ts';
import { stepsPerSecond } from '../rates.ts';
import { tfjsNode } from '../recorded.ts';
import type { TrainParameters } from '../workloads/workload.ts';

const parameters: TrainParameters = {
  workload: { kind: 'mlp', widths: [784, 256, 256, 10], batch: 64 },
  optimizer: 'adam',
};

/** Steps of a small classifier. */
export const bench: Benchmark = async function* bench({ host }) {
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
    agreeAfter: 20,
    warmupMilliseconds: 2000,
    rounds: 15,
    turnMilliseconds: 100,
  });
};

/** Where the time of a step goes. */
export const profile = trainingProfile('train-mlp', parameters);
