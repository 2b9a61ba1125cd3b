import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { Tensor as TensorClass } from '@tensorflow/tfjs-core';
import type { Model } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import { describe } from '../describe.ts';
import { deviceForBackend } from '../devices/create-device.ts';
import type { TfjsDevice } from '../devices/tfjs-device.ts';
import type { TfjsSlab } from '../devices/tfjs-slab.ts';
import { createNamer, plainLayerName } from './layer-names.ts';
import type { LayerLike, LayersModelLike } from './layer-types.ts';
import { isLayersModel, variableOf } from './layer-types.ts';
import type { NamedVariable } from './model-parameters.ts';
import { createModelParameters } from './model-parameters.ts';
import type { BoundBlock } from './tape-model.ts';
import { createTapeModel } from './tape-model.ts';

/**
 * Makes a model of a `tf.LayersModel`, compiled or not. A `tf.Sequential` becomes one block per layer (models inside
 * it stay one), any other model is one block. The weights stay the layers model's own.
 *
 * `forward` runs layers in training mode (dropout and batch normalization act), `evaluate` does not. Parameters are
 * named after their layer and weight, `dense/kernel`, `dense_1/kernel`, without tfjs's process-wide counters, so that
 * they depend on nothing but the model. Weights of layers that are not trainable, and statistics such as moving
 * averages, are frozen; whether a layer is trainable is looked at once, here. Regularizers are not part of the
 * output: add `layers.calculateLosses()` to the loss.
 *
 * @param device default: the current backend's.
 * @throws InvalidArgumentError when it is no LayersModel, or a weight is not float32.
 *
 * @example
 * const layers = tf.sequential({
 *   layers: [
 *     tf.layers.dense({ units: 16, activation: 'relu', inputShape: [4] }),
 *     tf.layers.dense({ units: 1 }),
 *   ],
 * });
 * const model = layersModel(layers);
 * model.layout.entries.map((entry) => entry.name); // 'dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias'
 */
export function layersModel<Input = Tensor, Output = Tensor>(
  layers: LayersModelLike,
  device: TfjsDevice = deviceForBackend(),
): Model<Tensor, TfjsSlab, Input, Output> {
  if (!isLayersModel(layers)) {
    throw new InvalidArgumentError(
      'layersModel() needs a tf.LayersModel: what tf.sequential, tf.model or tf.loadLayersModel return.',
    );
  }
  const isSequential = layers.getClassName() === 'Sequential';
  // Until it is built a tf.Sequential finds no losses of regularizers; building it again would undo `compile`.
  if (isSequential && !layers.built) layers.build(undefined as never);
  const named = nameWeights(layers);
  return createTapeModel<Input, Output>({
    device,
    parameters: createModelParameters([...named.values()]),
    checkInput: (input) => checkInput(input, layers.inputs.length),
    blocks: isSequential ? layerBlocks(layers, named) : [wholeBlock(layers, named)],
  });
}

function checkInput(input: unknown, count: number): void {
  const inputs: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (inputs.length === count && inputs.every((each) => each instanceof TensorClass)) return;
  const expected = count === 1 ? 'a tensor' : `an array of ${count} tensors, one for each input`;
  throw new InvalidArgumentError(
    `The layers model takes ${expected}, batch first; got ${describe(input)}. Make tensors of plain numbers with ` +
      `tf.tensor().`,
  );
}

function nameWeights({ layers, trainableWeights }: LayersModelLike): Map<Variable, NamedVariable> {
  const trainable = new Set(trainableWeights.map(variableOf));
  const named = new Map<Variable, NamedVariable>();
  const uniquePath = createNamer();
  const uniqueName = createNamer();
  for (const layer of layers) {
    // Layers of an inner model bring several paths.
    const paths = new Map<string, string>();
    for (const weight of layer.weights) {
      const variable = variableOf(weight);
      if (named.has(variable)) continue;
      const parts = weight.originalName.split('/');
      const own = parts.slice(0, -1).join('/') || layer.name;
      const path = paths.get(own) ?? uniquePath(own.split('/').map(plainLayerName).join('/'));
      paths.set(own, path);
      const name = uniqueName(`${path}/${parts.at(-1)}`);
      named.set(variable, { name, variable, trainable: trainable.has(variable) });
    }
  }
  return named;
}

function parameterNames(layer: LayerLike, named: Map<Variable, NamedVariable>): string[] {
  return layer.weights.map((weight) => named.get(variableOf(weight))!.name);
}

function wholeBlock(model: LayersModelLike, named: Map<Variable, NamedVariable>): BoundBlock {
  return {
    info: { name: plainLayerName(model.name), parameters: parameterNames(model, named) },
    forward: (input, training) => model.apply(input as never, { training }),
  };
}

/** What passes from layer to layer; a mask, where there is one, says which time steps count. */
interface Masked {
  readonly value: unknown;
  readonly mask: unknown;
}

/** One block per layer, doing what `tf.Sequential` does between them. */
function layerBlocks(model: LayersModelLike, named: Map<Variable, NamedVariable>): BoundBlock[] {
  const uniqueName = createNamer();
  const layers = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
  return layers.map((layer, index) => ({
    info: { name: uniqueName(plainLayerName(layer.name)), parameters: parameterNames(layer, named) },
    forward(input, training) {
      const { value, mask } = index === 0 ? { value: firstOf(input), mask: null } : (input as Masked);
      const inputs = [value] as never;
      const output = layer.apply(inputs, mask === null ? { training } : { training, mask });
      if (index === layers.length - 1) return output;
      const masks = layer.supportsMasking ? layer.computeMask(inputs, [mask] as never) : null;
      return { value: output, mask: firstOf(masks) ?? null } satisfies Masked;
    },
  }));
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}
