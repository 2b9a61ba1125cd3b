import type { GradConfig, Tensor, Tensor2D, Tensor4D, TransformAttrs } from '@tensorflow/tfjs-core';
import {
  add,
  cast,
  div,
  engine,
  equal,
  expandDims,
  floor,
  logicalAnd,
  greaterEqual,
  lessEqual,
  mul,
  onesLike,
  range,
  reshape,
  scatterND,
  slice,
  sub,
  Transform,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { mapCoordinates } from './map-coordinates.ts';
import { oneGradient } from './one-gradient.ts';
import { selectionGradient } from './selection-gradient.ts';

/**
 * Each pixel of the result is a copy of the nearest one, or interpolated between four; so each of these gets its share
 * of the gradient. There is none for the transforms, which have to be constant.
 */
export const transformGradient: GradConfig = {
  kernelName: Transform,
  inputsToSave: ['image', 'transforms'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys) as Tensor4D;
    const [image, transforms] = saved as [Tensor4D, Tensor2D];
    const options = attributes as unknown as TransformAttrs;
    return {
      image: () =>
        options.interpolation === 'bilinear'
          ? bilinearGradient(dy, image.shape, transforms, options.fillMode)
          : selectionGradient(dy, image.shape, (numbers) =>
              engine().runKernel(Transform, { image: numbers, transforms }, { ...options, fillValue: 0 }),
            ),
    };
  },
};

/**
 * The place (x, y) of each output pixel lies between four pixels, whose weights are products of 1 - t and t, the
 * fractions of its coordinates. Weights and numbers of pixels outside the image are zero.
 */
function bilinearGradient(
  dy: Tensor4D,
  shape: Tensor4D['shape'],
  transforms: Tensor2D,
  fillMode: TransformAttrs['fillMode'],
): Tensor {
  const [batch, height, width, channels] = shape;
  const { x, y, isFinite } = places(dy, transforms);
  const [mappedX, mappedY] = [mapCoordinates(x, width, fillMode), mapCoordinates(y, height, fillMode)];
  const [left, top] = [floor(mappedX), floor(mappedY)];
  const firstRows = reshape(range(0, batch * height, height, 'float32'), [batch, 1, 1]);
  const pixels = batch * height * width;
  let total: Tensor = zeros([pixels + 1, channels]);
  for (const [stepX, stepY] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const [column, row] = [add(left, stepX), add(top, stepY)];
    const isInside = logicalAnd(isFinite, logicalAnd(isWithin(column, width), isWithin(row, height)));
    const number = add(mul(add(row, firstRows), width), add(column, 1));
    const chosen = cast(mul(number, cast(isInside, 'float32')), 'int32');
    const share = mul(shareOf(mappedX, left, stepX), shareOf(mappedY, top, stepY));
    const weight = mul(share, cast(isInside, 'float32'));
    const terms = mul(dy, expandDims(weight, 3));
    const count = dy.size / channels;
    total = add(
      total,
      scatterND(reshape(chosen, [count, 1]), reshape(terms, [count, channels]), [pixels + 1, channels]),
    );
  }
  return reshape(slice(total, [1, 0], [pixels, channels]), shape);
}

/** Where output pixels lie in the image: [batch, height, width] each. */
function places(
  dy: Tensor4D,
  transforms: Tensor2D,
): { readonly x: Tensor; readonly y: Tensor; readonly isFinite: Tensor } {
  const [batch, height, width] = dy.shape;
  const columns = reshape(range(0, width, 1, 'float32'), [1, 1, width]);
  const rows = reshape(range(0, height, 1, 'float32'), [1, height, 1]);
  const coefficient = (index: number): Tensor =>
    reshape(slice(transforms, [0, index], [transforms.shape[0], 1]), [-1, 1, 1]);
  const linear = (index: number): Tensor =>
    add(mul(coefficient(index), columns), mul(coefficient(index + 1), rows));
  const projection = add(linear(6), 1);
  const isInfinite = equal(projection, 0);
  const divisor = where(isInfinite, onesLike(projection), projection);
  const everywhere = zeros([batch, height, width]);
  const coordinate = (index: number): Tensor =>
    add(div(add(linear(index), coefficient(index + 2)), divisor), everywhere);
  return {
    x: coordinate(0),
    y: coordinate(3),
    isFinite: equal(add(cast(isInfinite, 'float32'), everywhere), 0),
  };
}

function isWithin(coordinate: Tensor, length: number): Tensor {
  return logicalAnd(greaterEqual(coordinate, 0), lessEqual(coordinate, length - 1));
}

/** The weight of the pixel before (step 0) or behind (step 1) a place. */
function shareOf(place: Tensor, before: Tensor, step: 0 | 1): Tensor {
  const fraction = sub(place, before);
  return step === 1 ? fraction : sub(1, fraction);
}
