import { sizeOf } from '@ds/tensor';
import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import { fused, gather, reshape, sum, tidy, unsortedSegmentSum } from '@tensorflow/tfjs-core';
import { webgpuOutput } from '../../tfjs-internals.ts';
import type { FusedKernels } from '../fused-kernels.ts';
import { attentionKernels } from './attention-kernels.ts';
import { crossEntropyGradientShader, crossEntropyShader } from './cross-entropy-shaders.ts';
import type { ElementwiseFunction } from './elementwise-shader.ts';
import { elementwiseShader, elementwiseWorkgroup } from './elementwise-shader.ts';
import { normColumns, normColumnsShader, normGradientShader, normShader } from './norm-shaders.ts';
import { integers, runShader, spread } from './run-shader.ts';

const kernelsOf = new WeakMap<KernelBackend, FusedKernels>();

/** Fused kernels in WGSL; matrix products, lookups and their gradients are tfjs's own shaders. */
export function webgpuKernels(backend: KernelBackend): FusedKernels {
  let kernels = kernelsOf.get(backend);
  if (kernels === undefined) {
    kernels = createKernels(backend);
    kernelsOf.set(backend, kernels);
  }
  return kernels;
}

const notANumber = 0x7fc0_0000;

function createKernels(backend: KernelBackend): FusedKernels {
  const allocate = (shape: readonly number[]): Tensor => webgpuOutput(backend, [...shape]);
  const elementwise = (name: ElementwiseFunction, ...inputs: Tensor[]): Tensor => {
    const { shape, size } = inputs[0]!;
    const target = allocate(shape);
    const workgroups = spread(Math.ceil(size / elementwiseWorkgroup));
    runShader(backend, elementwiseShader(name), [...inputs, target], integers(size), workgroups);
    return target;
  };

  return {
    readsAtOnce: false,
    gelu: (x) => elementwise('gelu', x),
    geluGradient: (dy, x) => elementwise('geluGradient', x, dy),
    reluGradient: (dy, y) => elementwise('reluGradient', y, dy),
    multiply: (a, b, shape, { rows, columns, inner, transposeA = false, transposeB = false, bias, relu }) =>
      tidy(() => {
        const product = fused.matMul({
          a: reshape(a, transposeA ? [inner, rows] : [rows, inner]),
          b: reshape(b, transposeB ? [columns, inner] : [inner, columns]),
          transposeA,
          transposeB,
          ...(bias === undefined ? {} : { bias }),
          activation: relu ? 'relu' : 'linear',
        });
        return reshape(product, shape);
      }),
    sumRows: (x) => tidy(() => sum(reshape(x, [-1, x.shape.at(-1)!]), 0)),
    normalize(x, gain, bias, { width, epsilon, centred }) {
      const rows = x.size / width;
      const target = allocate(x.shape);
      const tensors = [x, gain, ...(bias === undefined ? [] : [bias]), target];
      const uniforms = [...integers(rows, width), { f32: epsilon }];
      runShader(backend, normShader(centred), tensors, uniforms, spread(rows));
      return target;
    },
    normalizeGradient(dy, x, gain, { width, epsilon, centred }) {
      const rows = x.size / width;
      const dx = allocate(x.shape);
      const dgain = allocate([width]);
      const statistics = allocate([rows, 2]);
      const dbias = centred ? allocate([width]) : undefined;
      const uniforms = [...integers(rows, width), { f32: epsilon }];
      runShader(backend, normGradientShader(centred), [dy, x, gain, dx, statistics], uniforms, spread(rows));
      const sums = dbias === undefined ? [dgain] : [dgain, dbias];
      runShader(backend, normColumnsShader(centred), [dy, x, statistics, ...sums], uniforms, [
        Math.ceil(width / normColumns),
        1,
      ]);
      statistics.dispose();
      return { x: dx, gain: dgain, ...(dbias === undefined ? {} : { bias: dbias }) };
    },
    crossEntropy(logits, labels) {
      const losses = allocate(labels.shape);
      const uniforms = integers(labels.size, logits.shape.at(-1)!, notANumber);
      runShader(backend, crossEntropyShader, [logits, labels, losses], uniforms, spread(labels.size));
      return losses;
    },
    crossEntropyGradient(dy, logits, labels, factor) {
      const target = allocate(logits.shape);
      const step = dy.size === labels.size ? 1 : 0;
      runShader(
        backend,
        crossEntropyGradientShader,
        [logits, labels, dy, target],
        [...integers(labels.size, logits.shape.at(-1)!, notANumber, step), { f32: factor }],
        spread(labels.size),
      );
      return target;
    },
    gatherRows: (table, ids, shape) => tidy(() => reshape(gather(table, reshape(ids, [-1])), shape)),
    scatterRows: (dy, ids, shape) =>
      tidy(() =>
        unsortedSegmentSum(reshape(dy, [sizeOf(ids.shape), shape[1]]), reshape(ids, [-1]), shape[0]),
      ),
    ...attentionKernels(backend, allocate),
  };
}
