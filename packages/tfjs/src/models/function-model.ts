import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Model } from '@ds/tensor';
import { deviceForBackend } from '../devices/create-device.ts';
import type { TfjsDevice } from '../devices/tfjs-device.ts';
import type { TfjsSlab } from '../devices/tfjs-slab.ts';
import { createModelParameters } from './model-parameters.ts';
import { createTapeModel } from './tape-model.ts';

/** A function and the variables it is differentiated by. */
export interface ModelFunction<Name extends string, Input, Output> {
  /** By the names that checkpoints know them by; those with `trainable: false` are frozen. */
  readonly variables: Readonly<Record<Name, Variable>>;
  /**
   * Computes the output, a tensor or a container of tensors, from the variables and any input.
   *
   * `training` is true in `forward` and false in `evaluate`.
   */
  readonly forward: (
    variables: Readonly<Record<Name, Variable>>,
    input: Input,
    mode: { readonly training: boolean },
  ) => Output;
}

/**
 * Makes a model of a function over named variables. It is one block; the variables stay the caller's.
 *
 * @param device default: the current backend's.
 * @throws InvalidArgumentError when a variable is not float32.
 *
 * @example
 * const model = functionModel(
 *   {
 *     variables: { weight: tf.variable(tf.zeros([3, 1])), bias: tf.variable(tf.zeros([1])) },
 *     forward: ({ weight, bias }, x: tf.Tensor2D) => tf.add(tf.matMul(x, weight), bias),
 *   },
 *   device,
 * );
 * const loss = tf.losses.meanSquaredError(y, model.forward(x));
 * model.backward(loss, { onBlock: (block, gradients) => console.log(block.name, gradients.length) });
 */
export function functionModel<Name extends string, Input, Output>(
  { variables, forward }: ModelFunction<Name, Input, Output>,
  device: TfjsDevice = deviceForBackend(),
): Model<Tensor, TfjsSlab, Input, Output> {
  const parameters = Object.entries<Variable>(variables).map(([name, variable]) => ({
    name,
    variable,
    trainable: variable.trainable,
  }));
  return createTapeModel<Input, Output>({
    device,
    parameters: createModelParameters(parameters),
    blocks: [
      {
        info: { name: 'function', parameters: parameters.map(({ name }) => name) },
        forward: (input, training) => forward(variables, input as Input, { training }),
      },
    ],
  });
}
