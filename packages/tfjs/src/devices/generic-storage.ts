import type { Rule } from '@ds/tensor';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  broadcastTo,
  concat,
  keep,
  reshape,
  scalar,
  slice,
  square,
  sum,
  tensor1d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { swapStorage } from '../tfjs-internals.ts';
import { inOperations } from './in-operations.ts';
import type { CompiledRule, Storage, TensorRange } from './storage.ts';
import { tensorAlgebra } from './tensor-algebra.ts';

/**
 * Slabs on any tfjs backend, in tfjs's own operations.
 *
 * Nothing is rewritten in place: a changed slab or variable gets new memory, as `variable.assign` would give it.
 */
export function createGenericStorage(backendName: string): Storage {
  const run = <T>(body: () => T): T => inOperations(backendName, body);
  const replace = (target: TensorRange, values: () => Tensor): void => {
    run(() => tidy(() => replaceRange(target, values())));
  };
  const sumRange = (source: TensorRange, length: number): Tensor =>
    length === 0 ? scalar(0) : sum(square(range(source, length)));
  return {
    name: `generic-${backendName}`,
    backend: backendName,
    allocate: (shape) => run(() => zeros(shape)),
    isPrivate: () => true,
    write(target, data) {
      // The cpu backend would keep the caller's array.
      if (data.length > 0) replace(target, () => tensor1d(data.slice()));
    },
    async read(source, length) {
      if (length === 0) return new Float32Array(0);
      return readAndDispose(run(() => tidy(() => keep(range(source, length).clone()))));
    },
    copy(target, source, length) {
      if (length > 0) replace(target, () => range(source, length));
    },
    compile: (rule) => genericRule(rule, (body) => run(() => tidy(body))),
    async sumOfSquares(source, length) {
      const values = await readAndDispose(run(() => tidy(() => keep(sumRange(source, length)))));
      return values[0]!;
    },
    writeSumOfSquares(target, source, length) {
      replace(target, () => reshape(sumRange(source, length), [1]));
    },
  };
}

/** Evaluates a rule in tfjs operations; `scope` runs its body in a `tidy`. */
export function genericRule(rule: Rule, scope: (body: () => void) => void): CompiledRule {
  return {
    run(ranges, scalars, length) {
      scope(() => {
        const slots = rule.slots.map((name, index) => [
          name,
          range(ranges[index]!, rule.broadcast?.includes(name) ? 1 : length),
        ]);
        const numbers = rule.scalars.map((name, index) => [name, scalar(scalars[index]!, 'float32')]);
        const changed = rule.update<Tensor>(
          tensorAlgebra,
          Object.fromEntries(slots),
          Object.fromEntries(numbers),
        );
        for (const [index, name] of rule.slots.entries()) {
          const value = changed[name];
          if (value !== undefined) replaceRange(ranges[index]!, broadcastTo(value, [length]));
        }
      });
    },
  };
}

/** The elements as a tensor of one dimension. */
function range({ tensor, start }: TensorRange, length: number): Tensor {
  const flat = reshape(tensor, [tensor.size]);
  return length === tensor.size ? flat : slice(flat, [start], [length]);
}

/** Gives the tensor memory in which these elements are `values`; the old memory goes with the enclosing `tidy`. */
function replaceRange({ tensor, start }: TensorRange, values: Tensor): void {
  const end = start + values.size;
  const parts = [
    ...(start > 0 ? [range({ tensor, start: 0 }, start)] : []),
    values,
    ...(end < tensor.size ? [range({ tensor, start: end }, tensor.size - end)] : []),
  ];
  const whole = parts.length === 1 ? values : concat(parts as [Tensor, ...Tensor[]]);
  // tfjs-node keeps the shape with the memory, so it has to be right before the exchange.
  swapStorage(tensor, reshape(whole, tensor.shape));
}

async function readAndDispose(tensor: Tensor): Promise<Float32Array> {
  try {
    return Float32Array.from(await tensor.data<'float32'>());
  } finally {
    tensor.dispose();
  }
}
