import type { Tensor } from '@tensorflow/tfjs-core';
import { tensor, variable } from '@tensorflow/tfjs-core';
import type { Block, Model, ParameterSpec } from '@ds/tensor';
import { createRandom, glorotUniform, InvalidArgumentError, zeros } from '@ds/tensor';
import { deviceForBackend } from '../devices/create-device.ts';
import type { TfjsDevice } from '../devices/tfjs-device.ts';
import type { TfjsSlab } from '../devices/tfjs-slab.ts';
import type { NamedVariable } from './model-parameters.ts';
import { createModelParameters } from './model-parameters.ts';
import { createTapeModel } from './tape-model.ts';

/** Where the parameters of a list of blocks live, and how they start. */
export interface BlocksModelOptions {
  /** Default: the current backend's. */
  readonly device?: TfjsDevice;
  /** Seed of the first values; default 0. */
  readonly seed?: number;
}

/**
 * Makes a model of a list of blocks, each fed with the output of the one before it.
 *
 * The parameters are made here, in order of first use and all from one seeded generator, and disposed with the
 * model. Only one block's intermediate results exist at a time, so many small blocks need less memory than few
 * large ones.
 *
 * @throws InvalidArgumentError when there is no block, two have one name, or a shared parameter has two shapes.
 *
 * @example
 * const linear: Block<tf.Tensor> = {
 *   name: 'linear',
 *   parameters: [
 *     { name: 'linear.weight', shape: [10, 1] },
 *     { name: 'linear.bias', shape: [1] },
 *   ],
 *   forward: ([weight, bias], x) => tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias),
 * };
 * const model = blocksModel([linear], { seed: 42 });
 */
export function blocksModel<Input = Tensor, Output = Tensor>(
  blocks: readonly Block<Tensor, never, unknown>[],
  { device = deviceForBackend(), seed = 0 }: BlocksModelOptions = {},
): Model<Tensor, TfjsSlab, Input, Output> {
  checkBlocks(blocks);
  const random = createRandom(seed);
  const byName = new Map<string, NamedVariable>();
  const make = ({ name, shape, initializer, group, trainable = true }: ParameterSpec): NamedVariable => {
    const values = (initializer ?? (shape.length >= 2 ? glorotUniform : zeros))(shape, random);
    const first = tensor(values, [...shape], 'float32');
    const parameter = { name, variable: variable(first, trainable), trainable, group };
    first.dispose();
    return parameter;
  };
  for (const spec of blocks.flatMap((block) => block.parameters)) {
    if (!byName.has(spec.name)) byName.set(spec.name, make(spec));
  }
  return createTapeModel<Input, Output>({
    device,
    parameters: createModelParameters([...byName.values()]),
    blocks: blocks.map((block) => {
      const names = block.parameters.map(({ name }) => name);
      const variables = names.map((name) => byName.get(name)!.variable);
      return {
        info: { name: block.name, parameters: names },
        forward: (input, training) => block.forward(variables, input as never, { training }),
      };
    }),
    disposeOwned() {
      for (const parameter of byName.values()) parameter.variable.dispose();
    },
  });
}

function checkBlocks(blocks: readonly Block<Tensor, never, unknown>[]): void {
  if (blocks.length === 0) throw new InvalidArgumentError('A model needs at least one block; got none.');
  const shapes = new Map<string, string>();
  const names = new Set<string>();
  for (const block of blocks) {
    if (names.has(block.name)) {
      throw new InvalidArgumentError(`Two blocks are named "${block.name}"; block names must be unique.`);
    }
    names.add(block.name);
    for (const { name, shape } of block.parameters) {
      const known = shapes.get(name);
      if (known !== undefined && known !== shape.join(', ')) {
        throw new InvalidArgumentError(
          `Parameter "${name}" has shape [${known}] in one block and [${shape.join(', ')}] in "${block.name}". ` +
            `Shared parameters must have one shape; give different parameters different names.`,
        );
      }
      shapes.set(name, shape.join(', '));
    }
  }
}
