import type { Tensor } from '@tensorflow/tfjs-core';
import { stack as stackTensors, Tensor as TensorClass, tensor } from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '@ds/tensor';

/**
 * Makes one tensor of examples by stacking them along a new first axis.
 *
 * An example is a number, an array of numbers (nested or typed) or a tensor. Arrays of whole numbers (`Int32Array`,
 * `Uint8Array`, ...) become int32, tensors keep their type, all else is float32. Tensors among the examples stay the
 * caller's.
 *
 * @param examples at least one, all of one kind and shape.
 * @throws InvalidArgumentError when they are not.
 *
 * @example
 * stack([Float32Array.of(1, 2), Float32Array.of(3, 4)]).shape; // [2, 2]
 */
export function stack(examples: readonly unknown[]): Tensor {
  const kind = kindOf(examples[0]);
  if (!stackable.has(kind)) {
    throw new InvalidArgumentError(
      `Examples must be numbers, arrays of numbers or tensors to be stacked; the first is ${kind}. ` +
        'Give a "collate" of your own that makes a batch of them.',
    );
  }
  const shape = shapeOf(examples[0]);
  for (const [index, example] of examples.entries()) {
    if (kindOf(example) !== kind || shapeOf(example).join() !== shape.join()) {
      throw new InvalidArgumentError(
        `Examples cannot be stacked: the first is ${describe(examples[0])}, number ${index} is ${describe(example)}.` +
          ' Give a "collate" of your own that makes a batch of them.',
      );
    }
  }
  if (kind === 'a tensor') return stackTensors(examples as Tensor[]);
  const values = new (kind === 'an array of whole numbers' ? Int32Array : Float32Array)(
    examples.length * shape.reduce((size, dimension) => size * dimension, 1),
  );
  let at = 0;
  const copy = (value: unknown, depth: number): void => {
    if (depth < shape.length && isList(value) && value.length === shape[depth]) {
      for (const inner of value) copy(inner, depth + 1);
    } else if (depth === shape.length && typeof value === 'number') {
      values[at] = value;
      at += 1;
    } else {
      throw new InvalidArgumentError(
        `Examples cannot be stacked: where the first has the shape [${shape.join(', ')}], one has ` +
          `${describe(value)} at depth ${depth}. Give a "collate" of your own that makes a batch of them.`,
      );
    }
  };
  for (const example of examples) copy(example, 0);
  return tensor(values, [examples.length, ...shape], values instanceof Int32Array ? 'int32' : 'float32');
}

/**
 * Makes a batch `[input, target]` of examples that have this form, or `{ xs, ys }` of such ones, by `stack`.
 *
 * @throws InvalidArgumentError when an example has neither form, or parts cannot be stacked.
 *
 * @example
 * const [x, y] = stackPairs([
 *   [[1, 2], 0],
 *   [[3, 4], 1],
 * ]); // shapes [2, 2] and [2]
 */
export function stackPairs(examples: readonly unknown[]): readonly [Tensor, Tensor] {
  const pairs = examples.map(pairOf);
  return [stack(pairs.map(([input]) => input)), stack(pairs.map(([, target]) => target))];
}

function pairOf(example: unknown, index: number): readonly [unknown, unknown] {
  if (Array.isArray(example) && example.length === 2) return [example[0], example[1]];
  if (typeof example === 'object' && example !== null && 'xs' in example && 'ys' in example) {
    return [example.xs, example.ys];
  }
  throw new InvalidArgumentError(
    `With a loss, an example must be [input, target] or { xs, ys }; number ${index} is ${describe(example)}. ` +
      'Give a "collate" that makes batches of yours.',
  );
}

const stackable = new Set([
  'a number',
  'a tensor',
  'an array',
  'an array of numbers',
  'an array of whole numbers',
]);

type List = ArrayLike<unknown> & Iterable<unknown>;

function isList(value: unknown): value is List {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Lengths down to the first number; `copy` checks the others. */
function shapeOf(value: unknown): readonly number[] {
  if (value instanceof TensorClass) return value.shape;
  return isList(value) ? [value.length, ...(value.length === 0 ? [] : shapeOf(value[0]))] : [];
}

function kindOf(value: unknown): string {
  if (value instanceof TensorClass) return 'a tensor';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Float32Array || value instanceof Float64Array) return 'an array of numbers';
  if (ArrayBuffer.isView(value)) return 'an array of whole numbers';
  if (typeof value === 'number') return 'a number';
  return typeof value === 'object' && value !== null ? 'an object' : typeof value;
}

function describe(value: unknown): string {
  const shape = shapeOf(value);
  return shape.length === 0 ? kindOf(value) : `${kindOf(value)} of shape [${shape.join(', ')}]`;
}
