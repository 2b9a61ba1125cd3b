import { InvalidArgumentError } from '@ds/tensor';
import type { TensorInfo, UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import { UnsortedSegmentSum } from '@tensorflow/tfjs-core';
import { wasmAddress, wasmOutput } from '../tfjs-internals.ts';
import type { TrainingKernel } from './training-kernel.ts';

interface SegmentInputs {
  readonly x: TensorInfo;
  readonly segmentIds: TensorInfo;
}

/** `tf.unsortedSegmentSum`, the gradient of `tf.gather`; tfjs has none for `wasm`. Ids out of range are dropped. */
export const unsortedSegmentSum: TrainingKernel<SegmentInputs, UnsortedSegmentSumAttrs> = {
  name: UnsortedSegmentSum,
  run({ x, segmentIds }, { numSegments }, { backend, module }) {
    const [count, ...row] = x.shape;
    if (x.dtype !== 'float32' || segmentIds.dtype !== 'int32' || segmentIds.shape.join() !== `${count}`) {
      throw new InvalidArgumentError(
        `Error in unsortedSegmentSum: on the wasm backend x must be float32 and segmentIds int32 with one id for ` +
          `each row of x; got ${x.dtype} [${x.shape.join(', ')}] and ${segmentIds.dtype} ` +
          `[${segmentIds.shape.join(', ')}]. Cast them with tf.cast.`,
      );
    }
    const width = row.reduce((size, dimension) => size * dimension, 1);
    const output = wasmOutput(backend, [numSegments, ...row], 'float32');
    module.segmentSum(
      wasmAddress(backend, output),
      wasmAddress(backend, x),
      wasmAddress(backend, segmentIds),
      count!,
      width,
      numSegments,
    );
    return output;
  },
};
