import type { HeadRows, HeapModule } from '@ds/kernels';
import { attendGradientInHeap, attendInHeap, multiplyInHeap } from '@ds/kernels';
import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import type { KernelEnvironment } from '../../kernels/training-kernel.ts';
import { wasmEnvironment } from '../../kernels/wasm-environment.ts';
import { wasmAddress, wasmAllocate } from '../../tfjs-internals.ts';
import type { HeadPlaces } from '../attention-geometry.ts';
import type { FusedKernels } from '../fused-kernels.ts';

const kernelsOf = new WeakMap<KernelEnvironment, FusedKernels>();

/** Fused kernels in the heap of tfjs's wasm backend; `undefined` where it has no SIMD or hides its memory. */
export function wasmKernels(backend: KernelBackend): FusedKernels | undefined {
  const environment = wasmEnvironment(backend);
  if (environment === undefined) return undefined;
  let kernels = kernelsOf.get(environment);
  if (kernels === undefined) {
    kernels = createKernels(environment);
    kernelsOf.set(environment, kernels);
  }
  return kernels;
}

function createKernels({ backend, module, scratch }: KernelEnvironment): FusedKernels {
  const at = (tensor: Tensor): number => wasmAddress(backend, tensor);
  const allocate = (shape: readonly number[]): Tensor => wasmAllocate(backend, [...shape]);
  /** A result of the shape of `like`, written by `run`. */
  const made = (like: Tensor, run: (target: number) => void): Tensor => {
    const target = allocate(like.shape);
    run(at(target));
    return target;
  };
  const rowsOf = (tensor: Tensor, { offset, batch, head, row }: HeadPlaces): HeadRows => ({
    address: at(tensor) + 4 * offset,
    batch,
    head,
    row,
  });

  return {
    canAttend: () => true,
    readsAtOnce: true,
    gelu: (x) => made(x, (target) => module.geluAll(target, at(x), x.size)),
    geluGradient: (dy, x) => made(x, (target) => module.geluGradient(target, at(dy), at(x), x.size)),
    reluGradient: (dy, y) => made(y, (target) => module.reluGradient(target, at(dy), at(y), y.size)),
    multiply(a, b, shape, { bias, relu = false, ...product }) {
      const target = allocate(shape);
      multiplyInHeap(module, scratch, {
        ...product,
        target: at(target),
        a: at(a),
        b: at(b),
        bias: bias && at(bias),
        activation: relu ? 'relu' : 'linear',
      });
      return target;
    },
    sumRows(x) {
      const width = x.shape.at(-1)!;
      const target = allocate([width]);
      module.sumMiddle(at(target), at(x), 1, x.size / width, width);
      return target;
    },
    ...normKernels(module, at, allocate, made),
    crossEntropy(logits, labels) {
      const losses = allocate(labels.shape);
      module.crossEntropy(at(losses), at(logits), at(labels), labels.size, logits.shape.at(-1)!);
      return losses;
    },
    crossEntropyGradient: (dy, logits, labels, factor) =>
      made(logits, (target) => {
        const step = dy.size === labels.size ? 4 : 0;
        const classes = logits.shape.at(-1)!;
        module.crossEntropyGradient(
          target,
          at(logits),
          at(labels),
          at(dy),
          step,
          factor,
          labels.size,
          classes,
        );
      }),
    gatherRows(table, ids, shape) {
      const target = allocate(shape);
      module.gatherRows(at(target), at(table), at(ids), ids.size, table.shape[1]!);
      return target;
    },
    scatterRows(dy, ids, shape) {
      const target = allocate(shape);
      const [rows, width] = shape;
      module.segmentSum(at(target), at(dy), at(ids), ids.size, width, rows);
      return target;
    },
    attend(inputs, geometry) {
      const { query, key, value, batch, heads, queries } = geometry;
      const out = allocate(geometry.outShape);
      const logSums = allocate([batch, heads, queries]);
      attendInHeap(module, scratch, geometry, {
        out: rowsOf(out, geometry.out),
        logSums: at(logSums),
        query: rowsOf(inputs[query.tensor]!, query),
        key: rowsOf(inputs[key.tensor]!, key),
        value: rowsOf(inputs[value.tensor]!, value),
      });
      return { out, logSums };
    },
    attendGradient(dout, inputs, out, logSums, geometry) {
      const { query, key, value } = geometry;
      const gradients = inputs.map(({ shape }) => allocate(shape));
      attendGradientInHeap(module, scratch, geometry, {
        out: rowsOf(out, geometry.out),
        outGradient: rowsOf(dout, geometry.out),
        logSums: at(logSums),
        query: rowsOf(inputs[query.tensor]!, query),
        key: rowsOf(inputs[key.tensor]!, key),
        value: rowsOf(inputs[value.tensor]!, value),
        queryGradient: rowsOf(gradients[query.tensor]!, query),
        keyGradient: rowsOf(gradients[key.tensor]!, key),
        valueGradient: rowsOf(gradients[value.tensor]!, value),
      });
      return gradients;
    },
  };
}

function normKernels(
  module: HeapModule,
  at: (tensor: Tensor) => number,
  allocate: (shape: readonly number[]) => Tensor,
  made: (like: Tensor, run: (target: number) => void) => Tensor,
): Pick<FusedKernels, 'normalize' | 'normalizeGradient'> {
  return {
    normalize: (x, gain, bias, { width, epsilon, centred }) =>
      made(x, (target) => {
        const rows = x.size / width;
        module.normalize(
          target,
          at(x),
          at(gain),
          bias === undefined ? 0 : at(bias),
          rows,
          width,
          epsilon,
          Number(centred),
        );
      }),
    normalizeGradient(dy, x, gain, { width, epsilon, centred }) {
      const dx = allocate(x.shape);
      const dgain = allocate([width]);
      const dbias = centred ? allocate([width]) : undefined;
      module.normalizeGradient(
        at(dx),
        at(dgain),
        dbias === undefined ? 0 : at(dbias),
        at(dy),
        at(x),
        at(gain),
        x.size / width,
        width,
        epsilon,
        Number(centred),
      );
      return { x: dx, gain: dgain, ...(dbias === undefined ? {} : { bias: dbias }) };
    },
  };
}
