import type { Benchmark } from '../benchmark.ts';
import { compare } from '../measure.ts';
import { trainingProfile } from '../profile.ts';
import { stepsPerSecond } from '../rates.ts';
import { pytorch, tfjsNode } from '../recorded.ts';
import type { TrainParameters } from '../workloads/workload.ts';

const size = { kind: 'gpt', layers: 4, heads: 4, width: 128, context: 128 } as const;
const small: TrainParameters = { workload: { ...size, vocabulary: 65, batch: 4 }, optimizer: 'adam' };
const large: TrainParameters = { workload: { ...size, vocabulary: 256, batch: 8 }, optimizer: 'adamW' };

/** Steps of a GPT of 0.8 million parameters. */
export const bench: Benchmark = async function* bench({ host }) {
  yield* await compare(host, {
    name: 'train-gpt',
    case: 'batch 4, vocabulary 65, Adam',
    ours: { side: 'train-ours', parameters: small },
    peers: [
      { name: 'tfjs-wasm', side: 'train-stock', parameters: small, target: 12 },
      { name: 'jax-js', side: 'train-jax', parameters: small, target: 2 },
      ...tfjsNode(host, 10.4),
    ],
    rate: stepsPerSecond,
    agreeAfter: 20,
    warmupMilliseconds: 3000,
    turnMilliseconds: 200,
  });
  yield* await compare(host, {
    name: 'train-gpt',
    case: 'batch 8, vocabulary 256, AdamW',
    ours: { side: 'train-ours', parameters: large },
    peers: [{ name: 'jax-js', side: 'train-jax', parameters: large }, ...pytorch(host, 11.6)],
    rate: stepsPerSecond,
    agreeAfter: 20,
    warmupMilliseconds: 3000,
    turnMilliseconds: 200,
  });
  yield* await compare(host, {
    name: 'train-gpt',
    case: 'engine, batch 4, vocabulary 65',
    ours: { side: 'train-ours', parameters: small },
    // At most 3% more than the same without an engine.
    peers: [{ name: 'tape and rule alone', side: 'train-bare', parameters: small, target: 1 / 1.03 }],
    agreeAfter: 20,
    warmupMilliseconds: 3000,
    rounds: 21,
    turnMilliseconds: 200,
  });
};

/** Where the time of a step goes. */
export const profile = trainingProfile('train-gpt', small);
