import { createStagedRule, sumOfSquares } from '@ds/kernels';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { cpuAllocate, cpuIsPrivate, cpuProtectReads, cpuValues, sharesStorage } from '../tfjs-internals.ts';
import type { Storage, TensorRange } from './storage.ts';

const protectedBackends = new WeakSet<KernelBackend>();

/** Slabs in the arrays of tfjs's `cpu` backend; rules run through a small WebAssembly memory where there is SIMD. */
export function createCpuStorage(backend: KernelBackend): Storage {
  if (!protectedBackends.has(backend)) {
    cpuProtectReads(backend);
    protectedBackends.add(backend);
  }
  const values = ({ tensor, start }: TensorRange, length: number): Float32Array =>
    cpuValues(backend, tensor).subarray(start, start + length);
  const sum = ({ tensor, start }: TensorRange, length: number): number =>
    sumOfSquares(cpuValues(backend, tensor), start, start + length);
  return {
    name: 'cpu',
    backend: 'cpu',
    allocate: (shape) => cpuAllocate(backend, shape),
    isPrivate: (tensor) => !sharesStorage(backend, tensor) && cpuIsPrivate(backend, tensor),
    write({ tensor, start }, data) {
      cpuValues(backend, tensor).set(data, start);
    },
    read: async (source, length) => values(source, length).slice(),
    copy({ tensor, start }, source, length) {
      cpuValues(backend, tensor).set(values(source, length), start);
    },
    compile(rule) {
      const staged = createStagedRule(rule);
      return {
        run(ranges, scalars, length) {
          const slots = ranges.map(({ tensor, start }) => ({ values: cpuValues(backend, tensor), start }));
          staged.run(slots, scalars, length);
        },
      };
    },
    sumOfSquares: async (source, length) => sum(source, length),
    writeSumOfSquares({ tensor, start }, source, length) {
      cpuValues(backend, tensor)[start] = sum(source, length);
    },
  };
}
