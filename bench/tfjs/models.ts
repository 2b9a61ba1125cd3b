import type { Block } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import { gptBatch, gptParameters } from '../workloads/gpt.ts';
import { mlpBatch, mlpParameters } from '../workloads/mlp.ts';
import type { Batch, FirstValues, GptSize, MlpSize, Workload } from '../workloads/workload.ts';
import type { Operations } from './operations.ts';

/** A workload's blocks, with the first values that all libraries start from. */
export function modelBlocks(workload: Workload, operations: Operations): Block<tf.Tensor>[] {
  return workload.kind === 'mlp' ? mlpBlocks(workload, operations) : gptBlocks(workload, operations);
}

/** A workload's batch as tensors. */
export function batchTensors(workload: Workload): { input: tf.Tensor; target: tf.Tensor } {
  const { input, target } = workload.kind === 'mlp' ? mlpBatch(workload) : gptBatch(workload);
  const tensor = ({ shape, values }: Batch['input']): tf.Tensor =>
    tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32');
  return { input: tensor(input), target: tensor(target) };
}

function mlpBlocks(size: MlpSize, { linear }: Operations): Block<tf.Tensor>[] {
  const parameters = mlpParameters(size);
  const layers = parameters.length / 2;
  return Array.from({ length: layers }, (_, index) => ({
    name: `layer_${index}`,
    parameters: specs(parameters, `layer_${index}.`),
    forward: ([weight, bias], x) => linear(x, weight!, bias!, index < layers - 1 ? 'relu' : undefined),
  }));
}

function gptBlocks(size: GptSize, operations: Operations): Block<tf.Tensor>[] {
  const { linear, layerNorm, attention, embedding } = operations;
  const parameters = gptParameters(size);
  return [
    {
      name: 'embedding',
      parameters: specs(parameters, 'token_embedding', 'position_embedding'),
      forward: ([tokens, positions], input) => tf.add(embedding(tokens!, input), positions!),
    },
    ...Array.from({ length: size.layers }, (_, index): Block<tf.Tensor> => ({
      name: `block_${index}`,
      parameters: specs(parameters, `block_${index}.`),
      forward(values, input) {
        const [gain1, bias1, wQkv, bQkv, wOut, bOut, gain2, bias2, wIn, bIn, wBack, bBack] =
          values as tf.Tensor[];
        const attended = attention(linear(layerNorm(input, gain1!, bias1!), wQkv!, bQkv), size.heads);
        const middle = tf.add(input, linear(attended, wOut!, bOut));
        const hidden = linear(layerNorm(middle, gain2!, bias2!), wIn!, bIn, 'gelu');
        return tf.add(middle, linear(hidden, wBack!, bBack));
      },
    })),
    {
      name: 'head',
      parameters: specs(parameters, 'final_norm.', 'head'),
      forward: ([gain, bias, head], input) =>
        tf.reshape(linear(layerNorm(input, gain!, bias!), head!, undefined), [-1, size.vocabulary]),
    },
  ];
}

/** The parameters whose names begin so. */
function specs(parameters: readonly FirstValues[], ...prefixes: string[]): Block<tf.Tensor>['parameters'] {
  return prefixes.flatMap((prefix) =>
    parameters
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, shape, values }) => ({ name, shape, initializer: () => values.slice() })),
  );
}
