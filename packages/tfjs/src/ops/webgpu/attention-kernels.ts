import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import type { AttentionGeometry } from '../attention-geometry.ts';
import type { FusedKernels } from '../fused-kernels.ts';
import {
  attentionKeyGradientShader,
  attentionPlaces,
  attentionQueryGradientShader,
  attentionShader,
  attentionWorkgroup,
  largestHead,
} from './attention-shaders.ts';
import type { Uniform } from './run-shader.ts';
import { integers, runShader } from './run-shader.ts';

/** Attention in WGSL: one dispatch forward, two backward, memory linear in queries and keys. */
export function attentionKernels(
  backend: KernelBackend,
  allocate: (shape: readonly number[]) => Tensor,
): Pick<FusedKernels, 'canAttend' | 'attend' | 'attendGradient'> {
  const run = (code: string, tensors: readonly Tensor[], geometry: AttentionGeometry, rows: number): void => {
    const { batch, heads } = geometry;
    runShader(backend, code, tensors, uniforms(geometry), [
      Math.ceil(rows / attentionWorkgroup),
      batch * heads,
    ]);
  };
  return {
    // Every device has 65535 workgroups in each direction.
    canAttend: ({ batch, heads, size }) => size <= largestHead && batch * heads <= 65_535,
    attend(inputs, geometry) {
      const { batch, heads, queries, size } = geometry;
      const out = allocate(geometry.outShape);
      const logSums = allocate([batch, heads, queries]);
      const code = attentionShader({ size, packed: inputs.length === 1 });
      run(code, [...operands(inputs, geometry), out, logSums], geometry, queries);
      return { out, logSums };
    },
    attendGradient(dout, inputs, out, logSums, geometry) {
      const { batch, heads, queries, keys, size } = geometry;
      const variant = { size, packed: inputs.length === 1 };
      const gradients = inputs.map(({ shape }) => allocate(shape));
      const corrections = allocate([batch, heads, queries]);
      const [query, key, value] = operands(inputs, geometry);
      const [dquery] = operands(gradients, geometry);
      run(
        attentionQueryGradientShader(variant),
        [query!, key!, value!, out, dout, logSums, dquery!, corrections],
        geometry,
        queries,
      );
      // A buffer must not be bound twice to be written to.
      const targets = variant.packed ? gradients : gradients.slice(1);
      run(
        attentionKeyGradientShader(variant),
        [query!, key!, value!, dout, logSums, corrections, ...targets],
        geometry,
        keys,
      );
      corrections.dispose();
      return gradients;
    },
  };
}

function operands(tensors: readonly Tensor[], { query, key, value }: AttentionGeometry): Tensor[] {
  return [query, key, value].map(({ tensor }) => tensors[tensor]!);
}

function uniforms(geometry: AttentionGeometry): Uniform[] {
  const { queries, keys, heads, causal, scale } = geometry;
  const places = attentionPlaces.flatMap((name) => {
    const { offset, batch, head, row } = geometry[name];
    return integers(offset, batch, head, row);
  });
  return [...integers(queries, keys, heads, Number(causal)), { f32: scale }, ...places];
}
