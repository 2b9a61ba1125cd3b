import type { Initializer } from '@ds/tensor';
import { createRandom, normal, ones, zeros } from '@ds/tensor';
import type { Batch, FirstValues, GptSize } from './workload.ts';

/** A GPT-2 in small: pre-LayerNorm blocks with biases, and a head of its own without one. */
export function gptParameters({ layers, width, context, vocabulary }: GptSize): FirstValues[] {
  const random = createRandom(1);
  const parameters: FirstValues[] = [];
  const add = (name: string, shape: readonly number[], initializer: Initializer): void => {
    parameters.push({ name, shape, values: initializer(shape, random) });
  };
  const weight = normal({ std: 0.02 });
  const norm = (name: string): void => {
    add(`${name}.gain`, [width], ones);
    add(`${name}.bias`, [width], zeros);
  };
  const linear = (name: string, inputs: number, outputs: number): void => {
    add(`${name}.weight`, [inputs, outputs], weight);
    add(`${name}.bias`, [outputs], zeros);
  };
  add('token_embedding', [vocabulary, width], weight);
  add('position_embedding', [context, width], weight);
  for (let layer = 0; layer < layers; layer++) {
    norm(`block_${layer}.attention_norm`);
    linear(`block_${layer}.attention`, width, 3 * width);
    linear(`block_${layer}.attention_out`, width, width);
    norm(`block_${layer}.mlp_norm`);
    linear(`block_${layer}.mlp_in`, width, 4 * width);
    linear(`block_${layer}.mlp_out`, 4 * width, width);
  }
  norm('final_norm');
  add('head', [width, vocabulary], weight);
  return parameters;
}

/** Random tokens, each to be followed by the next. */
export function gptBatch({ batch, context, vocabulary }: GptSize): Batch {
  const random = createRandom(2);
  const rows = Array.from({ length: batch }, () =>
    Array.from({ length: context + 1 }, () => random.integer(vocabulary)),
  );
  return {
    input: { shape: [batch, context], values: Int32Array.from(rows.flatMap((row) => row.slice(0, -1))) },
    target: { shape: [batch * context], values: Int32Array.from(rows.flatMap((row) => row.slice(1))) },
  };
}
