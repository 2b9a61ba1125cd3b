import type { Block, Model } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import type { TfjsSlab } from '../src/devices/tfjs-slab.ts';

type AnyModel<Input, Output> = Model<tf.Tensor, TfjsSlab, Input, Output>;

/** Multiplies by a parameter, which is [1, 2, 3] at first. */
export const scaleBlock = (
  name: string,
  parameter = `${name}.w`,
  options: object = {},
): Block<tf.Tensor> => ({
  name,
  parameters: [{ name: parameter, shape: [3], initializer: () => Float32Array.of(1, 2, 3), ...options }],
  forward: ([w], input) => tf.mul(input, w!),
});

/** Runs backward and collects what every block reported. */
export function gradientsOf<Input, Output>(
  model: AnyModel<Input, Output>,
  loss: tf.Tensor,
): [block: string, gradients: Record<string, number[]>][] {
  const reports: [string, Record<string, number[]>][] = [];
  model.backward(loss, {
    onBlock(block, gradients) {
      const values = gradients.map(
        ({ name, gradient }) => [name, Array.from(gradient.tensor.dataSync())] as const,
      );
      reports.push([block.name, Object.fromEntries(values)]);
    },
  });
  return reports;
}

/** Uses a model, disposes it, and checks through `afterEach` that nothing is left. */
export function using<M extends { dispose(): void }>(model: M, body: (model: M) => void): void {
  body(model);
  model.dispose();
}
