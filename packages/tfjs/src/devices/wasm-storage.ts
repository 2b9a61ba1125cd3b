import type { WasmRule } from '@ds/kernels';
import {
  createStagedRule,
  instantiateRule,
  instantiateSumOfSquares,
  rewrittenSlots,
  sumOfSquares,
  wasmSimdAvailable,
} from '@ds/kernels';
import type { Rule } from '@ds/tensor';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import {
  sharesStorage,
  wasmAddress,
  wasmAllocate,
  wasmBuffer,
  wasmForgetPacked,
  wasmMemory,
} from '../tfjs-internals.ts';
import type { Storage, TensorRange } from './storage.ts';

/** Slabs in the heap of tfjs's `wasm` backend; rules are SIMD modules that run in that same heap, without copies. */
export function createWasmStorage(backend: KernelBackend): Storage {
  const simdMemory = wasmSimdAvailable() ? wasmMemory(backend) : undefined;
  const address = ({ tensor, start }: TensorRange): number => wasmAddress(backend, tensor) + 4 * start;
  const values = (range: TensorRange, length: number): Float32Array =>
    new Float32Array(wasmBuffer(backend), address(range), length);
  const heapSum = simdMemory === undefined ? undefined : instantiateSumOfSquares(simdMemory);
  const sum = (source: TensorRange, length: number): number =>
    heapSum === undefined ? sumOfSquares(values(source, length)) : heapSum(address(source), length);
  return {
    name: 'wasm',
    backend: 'wasm',
    allocate(shape) {
      const tensor = wasmAllocate(backend, shape);
      values({ tensor, start: 0 }, tensor.size).fill(0);
      return tensor;
    },
    isPrivate: (tensor) => !sharesStorage(backend, tensor),
    write(target, data) {
      values(target, data.length).set(data);
      wasmForgetPacked(backend, target.tensor);
    },
    // A copy even if the heap is shared between threads: Float32Array.from makes an ordinary buffer.
    read: async (source, length) => Float32Array.from(values(source, length)),
    copy(target, source, length) {
      values(target, length).set(values(source, length));
      wasmForgetPacked(backend, target.tensor);
    },
    compile(rule) {
      const kernel =
        simdMemory === undefined ? stagedOnHeap(rule, backend) : instantiateRule(rule, simdMemory);
      const rewritten = new Set<string>(rewrittenSlots(rule));
      return {
        run(ranges, scalars, length) {
          kernel.run(ranges.map(address), scalars, length);
          for (const [index, { tensor }] of ranges.entries()) {
            if (rewritten.has(rule.slots[index]!)) wasmForgetPacked(backend, tensor);
          }
        },
      };
    },
    sumOfSquares: async (source, length) => sum(source, length),
    writeSumOfSquares(target, source, length) {
      values(target, 1)[0] = sum(source, length);
      wasmForgetPacked(backend, target.tensor);
    },
  };
}

/** Without SIMD, or a memory to bind to: the rule in plain JavaScript on views of the heap. */
function stagedOnHeap(rule: Rule, backend: KernelBackend): WasmRule {
  const staged = createStagedRule(rule);
  return {
    run(addresses, scalars, length) {
      const heap = new Float32Array(wasmBuffer(backend));
      staged.run(
        addresses.map((address) => ({ values: heap, start: address / 4 })),
        scalars,
        length,
      );
    },
  };
}
