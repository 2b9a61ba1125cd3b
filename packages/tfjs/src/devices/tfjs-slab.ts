import type { Slab } from '@ds/tensor';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Numbers in the memory of a tfjs tensor. */
export interface TfjsSlab extends Slab {
  /** The tensor whose memory it is; its shape may be anything of `length` elements. */
  readonly tensor: Tensor;
}
