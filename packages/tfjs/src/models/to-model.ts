import { Variable } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Block, Model } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import { describe } from '../describe.ts';
import type { TfjsSlab } from '../devices/tfjs-slab.ts';
import type { BlocksModelOptions } from './blocks-model.ts';
import { blocksModel } from './blocks-model.ts';
import type { ModelFunction } from './function-model.ts';
import { functionModel } from './function-model.ts';
import type { LayersModelLike } from './layer-types.ts';
import { isLayersModel } from './layer-types.ts';
import { layersModel } from './layers-model.ts';

/** Everything that `toModel` makes a model of; `Name` is the names of a function model's variables. */
export type ModelSource<Input, Output, Name extends string = string> =
  // A layers model has an `evaluate` too, from which nothing must be inferred.
  | (Omit<Model<Tensor, TfjsSlab, Input, Output>, 'evaluate'> & {
      evaluate(input: NoInfer<Input>): NoInfer<Output>;
    })
  | LayersModelLike
  | ModelFunction<Name, Input, Output>
  | readonly Block<Tensor, never, unknown>[];

/**
 * Makes a model of whatever the caller has: a `tf.LayersModel`, a function over named variables, or a list of
 * blocks. A model is returned as it is.
 *
 * @throws InvalidArgumentError when it is none of these; the message lists what they look like.
 *
 * @example
 * const model = toModel(tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [10] })] }));
 */
export function toModel<Input = Tensor, Output = Tensor, Name extends string = string>(
  source: ModelSource<Input, Output, Name>,
  options: BlocksModelOptions = {},
): Model<Tensor, TfjsSlab, Input, Output> {
  if (isModel(source)) return source as Model<Tensor, TfjsSlab, Input, Output>;
  if (isLayersModel(source)) return layersModel<Input, Output>(source, options.device);
  if (isModelFunction(source)) {
    return functionModel(source as ModelFunction<Name, Input, Output>, options.device);
  }
  if (isBlocks(source)) return blocksModel<Input, Output>(source, options);
  throw new InvalidArgumentError(
    `Cannot make a model of ${describe(source)}. Accepted are: a tf.LayersModel (tf.sequential, tf.model, ` +
      `tf.loadLayersModel); { variables: { name: tf.Variable }, forward: (variables, input) => output }; an array ` +
      `of blocks { name, parameters, forward }; or a Model.`,
  );
}

function isModel(value: unknown): boolean {
  const { blocks, layout, forward, backward } = Object(value) as Partial<Model<Tensor>>;
  return (
    Array.isArray(blocks) &&
    layout !== undefined &&
    typeof forward === 'function' &&
    typeof backward === 'function'
  );
}

function isModelFunction(value: unknown): boolean {
  const { variables, forward } = Object(value) as Partial<ModelFunction<string, unknown, unknown>>;
  return (
    typeof forward === 'function' &&
    typeof variables === 'object' &&
    Object.values(variables).every((variable) => variable instanceof Variable)
  );
}

function isBlocks(value: unknown): value is readonly Block<Tensor, never, unknown>[] {
  return (
    Array.isArray(value) &&
    value.every((block) => {
      const { name, parameters, forward } = Object(block) as Partial<Block<Tensor>>;
      return typeof name === 'string' && Array.isArray(parameters) && typeof forward === 'function';
    })
  );
}
