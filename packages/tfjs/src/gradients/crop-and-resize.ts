import type { CropAndResizeAttrs, GradConfig, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import {
  abs,
  add,
  cast,
  CropAndResize,
  engine,
  expandDims,
  greaterEqual,
  lessEqual,
  logicalAnd,
  matMul,
  mul,
  range,
  relu,
  reshape,
  scatterND,
  slice,
  sub,
  transpose,
} from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';
import { selectionGradient } from './selection-gradient.ts';

/**
 * `nearest` copies pixels. `bilinear` interpolates rows and columns apart: crop = H image W', so the image's gradient is
 * H' dcrop W, added up over the crops of the same image. The weight of pixel i for a place p is max(0, 1 - |p - i|),
 * and zero for places outside the image.
 *
 * There is none for the boxes, which have to be constant.
 */
export const cropAndResizeGradient: GradConfig = {
  kernelName: CropAndResize,
  inputsToSave: ['image', 'boxes', 'boxInd'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys) as Tensor4D;
    const [image, boxes, boxInd] = saved as [Tensor4D, Tensor2D, Tensor];
    const options = attributes as unknown as CropAndResizeAttrs;
    const [, height, width, channels] = image.shape;
    const [count, rows, columns] = dy.shape;
    const bilinear = (): Tensor => {
      const heights = weights(boxes, 0, height, rows);
      const widths = weights(boxes, 1, width, columns);
      const tall = matMul(heights, reshape(dy, [count, rows, columns * channels]), true);
      const byColumn = transpose(reshape(tall, [count, height, columns, channels]), [0, 2, 1, 3]);
      const wide = matMul(widths, reshape(byColumn, [count, columns, height * channels]), true);
      const crops = transpose(reshape(wide, [count, width, height, channels]), [0, 2, 1, 3]);
      return scatterND(expandDims(boxInd, 1), crops, image.shape);
    };
    return {
      image: () =>
        options.method === 'bilinear'
          ? bilinear()
          : selectionGradient(dy, image.shape, (numbers) =>
              engine().runKernel(
                CropAndResize,
                { image: numbers, boxes, boxInd },
                { ...options, extrapolationValue: 0 },
              ),
            ),
    };
  },
};

/** The weights along one axis: for each box, `outputs` x `inputs`. */
function weights(boxes: Tensor2D, axis: number, inputs: number, outputs: number): Tensor {
  const count = boxes.shape[0];
  const edge = (column: number): Tensor => mul(slice(boxes, [0, column], [count, 1]), inputs - 1);
  const [start, end] = [edge(axis), edge(axis + 2)];
  const places =
    outputs > 1
      ? add(start, mul(range(0, outputs, 1, 'float32'), mul(sub(end, start), 1 / (outputs - 1))))
      : mul(add(start, end), 0.5);
  const inside = cast(logicalAnd(greaterEqual(places, 0), lessEqual(places, inputs - 1)), 'float32');
  const distances = abs(sub(expandDims(places, 2), range(0, inputs, 1, 'float32')));
  return mul(relu(sub(1, distances)), expandDims(inside, 2));
}
