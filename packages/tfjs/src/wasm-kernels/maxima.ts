import type { Windows } from './windows.ts';
import { visitWindows } from './windows.ts';

/** The largest number under a window, for each channel; the first of equal ones. */
export interface Maxima {
  readonly values: Float32Array;
  /** The pixel it is, counted through all images; -1 where all numbers are NaN. */
  readonly pixels: Int32Array;
  /** The element of the window it is under. */
  readonly elements: Int32Array;
}

/**
 * Finds the maxima under all windows, one window after the other.
 *
 * @param heap has the images from place `images` on.
 * @param offsets the place of numbers that are added before comparing: for each element of the window, one for each
 *   channel.
 * @param use gets the number of the output; the maxima are overwritten afterwards.
 */
export function forEachMaximum(
  windows: Windows,
  heap: Float32Array,
  images: number,
  offsets: number | undefined,
  use: (output: number, maxima: Maxima) => void,
): void {
  const channels = windows.inChannels;
  const values = new Float32Array(channels).fill(Number.NEGATIVE_INFINITY);
  const pixels = new Int32Array(channels).fill(-1);
  const elements = new Int32Array(channels).fill(-1);
  const maxima = { values, pixels, elements };
  const compare = (_output: number, pixel: number, element: number): void => {
    const start = images + pixel * channels;
    for (let channel = 0; channel < channels; channel++) {
      const offset = offsets === undefined ? 0 : heap[offsets + element * channels + channel]!;
      const value = Math.fround(heap[start + channel]! + offset);
      if (value > values[channel]!) {
        values[channel] = value;
        pixels[channel] = pixel;
        elements[channel] = element;
      }
    }
  };
  visitWindows(windows, compare, (output) => {
    use(output, maxima);
    values.fill(Number.NEGATIVE_INFINITY);
    pixels.fill(-1);
    elements.fill(-1);
  });
}
