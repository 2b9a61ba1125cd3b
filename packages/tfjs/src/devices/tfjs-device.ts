import type { CopyRange, Device, Rule, Step } from '@ds/tensor';
import { bindOperands, checkRange, InvalidArgumentError, resolveOperand } from '@ds/tensor';
import { rewrittenSlots } from '@ds/kernels';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { keep } from '@tensorflow/tfjs-core';
import { swapStorage } from '../tfjs-internals.ts';
import { createMultiply } from './multiply.ts';
import type { CompiledRule, Storage, TensorRange } from './storage.ts';
import type { TfjsSlab } from './tfjs-slab.ts';

/** A device over the memory of one tfjs backend. */
export interface TfjsDevice extends Device<TfjsSlab> {
  /**
   * Makes a slab of a tensor's or a variable's own memory, in row-major order.
   *
   * What is written to the slab is the tensor's new value, in place; other tensors that share its memory (clones,
   * reshapes, the tensor that a variable was made from) keep theirs. The slab follows the variable through
   * `assign`. It must not be freed, is not counted in `memory()`, and ends with the tensor. Asking again for the
   * same tensor gives the same slab.
   *
   * @throws InvalidArgumentError when the tensor is disposed or is not float32.
   *
   * @example
   * const weights = tf.variable(tf.ones([2, 2]));
   * device.write(device.adopt(weights), Float32Array.of(5), 3);
   * weights.print(); // [[1, 1], [1, 5]]
   */
  adopt(tensor: Tensor | Variable): TfjsSlab;
}

/** Builds the device from what the backend brings: checks, counts, and keeps shared memory from being rewritten. */
export function createTfjsDevice(storage: Storage): TfjsDevice {
  const owned = new Set<TfjsSlab>();
  const adopted = new WeakMap<Tensor, TfjsSlab>();
  const compiled = new WeakMap<Rule, CompiledRule>();

  const check = (slab: TfjsSlab, start: number, end: number): void => {
    if (!owned.has(slab) && adopted.get(slab.tensor) !== slab) {
      throw new InvalidArgumentError(
        `The slab was freed, or belongs to another device than this one ("${storage.name}").`,
      );
    }
    if (slab.tensor.isDisposed) {
      throw new InvalidArgumentError('The tensor that the slab stands for is disposed.');
    }
    checkRange(slab, start, end);
  };
  const rangeOf = ({ tensor }: TfjsSlab, start: number): TensorRange => ({ tensor, start });
  /** The range of a slab that is about to be rewritten. */
  const rewritable = ({ tensor }: TfjsSlab, start: number): TensorRange => {
    if (!storage.isPrivate(tensor)) {
      const fresh = storage.allocate(tensor.shape);
      storage.copy({ tensor: fresh, start: 0 }, { tensor, start: 0 }, tensor.size);
      swapStorage(tensor, fresh);
      fresh.dispose();
    }
    return { tensor, start };
  };

  function compile<Slot extends string, Scalar extends string>(
    rule: Rule<Slot, Scalar>,
  ): Step<TfjsSlab, Slot, Scalar> {
    const rewritten = new Set(rewrittenSlots(rule));
    let kernel = compiled.get(rule);
    if (kernel === undefined) {
      kernel = storage.compile(rule);
      compiled.set(rule, kernel);
    }
    const prepared = kernel;
    return {
      run(operands, scalars, length) {
        const bound = bindOperands(rule, operands, scalars, length);
        for (const name of rule.slots) check(bound.slots[name].slab, 0, 0);
        if (bound.length === 0) return;
        const ranges = rule.slots.map((name) => {
          const { slab, start } = bound.slots[name];
          return rewritten.has(name) ? rewritable(slab, start) : rangeOf(slab, start);
        });
        const numbers = rule.scalars.map((name) => scalars[name]);
        prepared.run(ranges, numbers, bound.length);
      },
      // Kernels are kept with the rule: compiling it again is cheap, and they go when the rule does.
      dispose() {},
    };
  }

  const device: TfjsDevice = {
    name: storage.name,
    compile,
    adopt(tensor) {
      if (tensor.isDisposed) throw new InvalidArgumentError('A disposed tensor cannot be adopted.');
      if (tensor.dtype !== 'float32') {
        throw new InvalidArgumentError(
          `Only float32 tensors can be adopted; this one is ${tensor.dtype}, of shape [${tensor.shape.join(', ')}].`,
        );
      }
      let slab = adopted.get(tensor);
      if (slab === undefined) {
        slab = { length: tensor.size, dtype: 'float32', tensor };
        adopted.set(tensor, slab);
      }
      return slab;
    },
    alloc(length) {
      if (!Number.isSafeInteger(length) || length < 0) {
        throw new InvalidArgumentError(`A slab's length must be a whole number, 0 or more; got ${length}.`);
      }
      const slab: TfjsSlab = { length, dtype: 'float32', tensor: keep(storage.allocate([length])) };
      owned.add(slab);
      return slab;
    },
    free(slab) {
      if (adopted.get(slab.tensor) === slab) {
        throw new InvalidArgumentError(
          'An adopted slab is the memory of a tensor: it goes when the tensor is disposed, and is not freed.',
        );
      }
      check(slab, 0, 0);
      owned.delete(slab);
      slab.tensor.dispose();
    },
    write(slab, data, at = 0) {
      check(slab, at, at + data.length);
      storage.write(rewritable(slab, at), data);
    },
    async read(slab, start = 0, end = slab.length) {
      check(slab, start, end);
      return storage.read(rangeOf(slab, start), end - start);
    },
    copy(target, source, { from = 0, to = 0, length = source.length - from }: CopyRange = {}) {
      check(source, from, from + length);
      check(target, to, to + length);
      if (target.tensor === source.tensor && from < to + length && to < from + length && length > 0) {
        throw new InvalidArgumentError('The ranges of a copy within one slab must not overlap.');
      }
      const rewritten = rewritable(target, to);
      storage.copy(rewritten, rangeOf(source, from), length);
    },
    async sumOfSquares(slab, start = 0, end = slab.length) {
      check(slab, start, end);
      return storage.sumOfSquares(rangeOf(slab, start), end - start);
    },
    writeSumOfSquares(target, source, length) {
      const [to, from] = [resolveOperand(target), resolveOperand(source)];
      check(to.slab, to.start, to.start + 1);
      check(from.slab, from.start, from.start + length);
      storage.writeSumOfSquares(rewritable(to.slab, to.start), rangeOf(from.slab, from.start), length);
    },
    multiply(product) {
      multiply(product);
    },
    memory() {
      let bytes = 0;
      for (const slab of owned) bytes += 4 * slab.length;
      return { slabs: owned.size, bytes };
    },
  };
  const multiply = createMultiply(device, storage, check);
  return device;
}
