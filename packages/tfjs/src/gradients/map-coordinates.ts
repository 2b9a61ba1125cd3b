import type { Tensor, TransformAttrs } from '@tensorflow/tfjs-core';
import {
  add,
  clipByValue,
  div,
  floor,
  greater,
  greaterEqual,
  less,
  mul,
  neg,
  sub,
  where,
} from '@tensorflow/tfjs-core';

/** Where `tf.image.transform` looks for what lies outside an image of `length` pixels, along one axis. */
export function mapCoordinates(place: Tensor, length: number, fillMode: TransformAttrs['fillMode']): Tensor {
  switch (fillMode) {
    case 'constant':
      return place;
    case 'nearest':
      return clipByValue(place, 0, length - 1);
    case 'reflect': {
      const period = 2 * length;
      const rest = sub(place, mul(floor(div(place, period)), period));
      return clipByValue(where(greaterEqual(rest, length), sub(period - 1, rest), rest), 0, length - 1);
    }
    case 'wrap': {
      if (length === 1) return clipByValue(place, 0, 0);
      // tfjs's own arithmetic: it counts periods of length - 1, and shifts by length.
      const before = add(place, mul(add(floor(div(neg(place), length - 1)), 1), length));
      const behind = sub(place, mul(floor(div(place, length - 1)), length));
      const wrapped = where(less(place, 0), before, where(greater(place, length - 1), behind, place));
      return clipByValue(wrapped, 0, length - 1);
    }
    default:
      return place;
  }
}
