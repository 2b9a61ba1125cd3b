import type { Tensor } from '@tensorflow/tfjs-core';
import { backend, getBackend } from '@tensorflow/tfjs-core';
import type { AttentionGeometry } from './attention-geometry.ts';
import { wasmKernels } from './wasm/wasm-kernels.ts';
import { webgpuKernels } from './webgpu/webgpu-kernels.ts';

/** A product of matrices, with what happens to it before it is stored. */
interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly bias?: Tensor | undefined;
  readonly relu?: boolean;
}

/** Which normalization of rows. */
interface Norm {
  readonly width: number;
  readonly epsilon: number;
  /** Whether a row's mean is taken away: layer normalization, not that of root mean squares. */
  readonly centred: boolean;
}

/** Gradients of a normalization; `bias` where it has one. */
interface NormGradients {
  readonly x: Tensor;
  readonly gain: Tensor;
  readonly bias?: Tensor;
}

/**
 * What fused operations are made of on one backend. Tensors are float32 but for labels and ids, not empty, and fit
 * together: operations check. Nothing is recorded, and every result is a new tensor.
 */
export interface FusedKernels {
  readonly gelu: (x: Tensor) => Tensor;
  /** dy * gelu'(x). */
  readonly geluGradient: (dy: Tensor, x: Tensor) => Tensor;
  /** dy, but 0 where y is 0 or less. */
  readonly reluGradient: (dy: Tensor, y: Tensor) => Tensor;
  /** op(a) op(b), whatever the shapes of `a` and `b` say. */
  readonly multiply: (a: Tensor, b: Tensor, shape: number[], product: Product) => Tensor;
  /** Sums over all axes but the last. */
  readonly sumRows: (x: Tensor) => Tensor;
  readonly normalize: (x: Tensor, gain: Tensor, bias: Tensor | undefined, norm: Norm) => Tensor;
  readonly normalizeGradient: (dy: Tensor, x: Tensor, gain: Tensor, norm: Norm) => NormGradients;
  /** A loss for each label. */
  readonly crossEntropy: (logits: Tensor, labels: Tensor) => Tensor;
  /** `dy` has one gradient for each label, or one for all; it is multiplied by `factor`. */
  readonly crossEntropyGradient: (dy: Tensor, logits: Tensor, labels: Tensor, factor: number) => Tensor;
  readonly gatherRows: (table: Tensor, ids: Tensor, shape: number[]) => Tensor;
  /** The gradient of `gatherRows` for the table, which has `shape`. */
  readonly scatterRows: (dy: Tensor, ids: Tensor, shape: [rows: number, width: number]) => Tensor;
  readonly attend: (
    inputs: readonly Tensor[],
    geometry: AttentionGeometry,
  ) => { readonly out: Tensor; readonly logSums: Tensor };
  /** A gradient for each input. */
  readonly attendGradient: (
    dout: Tensor,
    inputs: readonly Tensor[],
    out: Tensor,
    logSums: Tensor,
    geometry: AttentionGeometry,
  ) => Tensor[];
  /** Whether `attend` can do it; else attention is composed of tfjs's operations. */
  readonly canAttend: (geometry: AttentionGeometry) => boolean;
  /** Whether labels and ids can be read without waiting for the device. */
  readonly readsAtOnce: boolean;
}

/** Returns the kernels for tfjs's current backend; without, operations are composed of tfjs's. */
export function fusedKernels(): FusedKernels | undefined {
  const name = getBackend();
  if (name === 'wasm') return wasmKernels(backend());
  if (name === 'webgpu') return webgpuKernels(backend());
  return undefined;
}
