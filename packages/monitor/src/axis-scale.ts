import { linearTicks, logarithmicTicks, multiple, roundStep } from './ticks.ts';

/** How values are spaced along an axis. */
export type ScaleKind = 'linear' | 'log';

/** Maps an axis's values to positions. */
export interface AxisScale {
  readonly ticks: readonly number[];
  /** The position of a value, or `undefined` when it has none: not finite, or not above 0 on a logarithmic axis. */
  readonly position: (value: number) => number | undefined;
}

/** Tells whether a value can be shown on such an axis. */
export function isShowable(value: number, kind: ScaleKind): boolean {
  return Number.isFinite(value) && (kind === 'linear' || value > 0);
}

/**
 * Creates a scale for showable values.
 *
 * @param range the positions of the smallest and the largest value.
 * @param isRounded whether the axis reaches on to the next round value at both ends.
 */
export function createAxisScale(
  values: readonly number[],
  kind: ScaleKind,
  range: readonly [from: number, to: number],
  { count, isRounded }: { readonly count: number; readonly isRounded: boolean },
): AxisScale {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min === max) {
    // One value: leave room on both sides.
    const margin = kind === 'log' || min !== 0 ? Math.abs(min) / 2 : 0.5;
    [min, max] = [min - margin, max + margin];
  }
  if (isRounded && kind === 'linear') {
    const step = roundStep((max - min) / count);
    min = multiple(Math.floor(min / step + 1e-9), step);
    max = multiple(Math.ceil(max / step - 1e-9), step);
  }
  const map = kind === 'log' ? Math.log : (value: number): number => value;
  const [start, end] = [map(min), map(max)];
  return {
    ticks: (kind === 'log' ? logarithmicTicks : linearTicks)(min, max, count),
    position(value) {
      if (!isShowable(value, kind)) return undefined;
      return range[0] + ((map(value) - start) / (end - start)) * (range[1] - range[0]);
    },
  };
}
