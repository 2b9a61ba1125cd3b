/**
 * Returns round values from `min` to `max`, about `count` of them: multiples of 1, 2 or 5 times a power of ten.
 *
 * The step is the round number nearest to `(max - min) / count` on a logarithmic scale, as in D3.
 */
export function linearTicks(min: number, max: number, count: number): number[] {
  const step = roundStep((max - min) / count);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => multiple(first + index, step));
}

/**
 * Returns round values for a logarithmic axis: powers of ten, with their 2- and 5-folds where the axis spans less than
 * four of them; linear ticks where it spans too little for that.
 *
 * @param min above 0.
 */
export function logarithmicTicks(min: number, max: number, count: number): number[] {
  const from = Math.floor(Math.log10(min));
  const to = Math.ceil(Math.log10(max));
  const decades = Math.log10(max / min);
  // Many decades: every second or third power only.
  const stride = Math.max(1, Math.ceil(decades / count));
  const factors = decades < 4 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = from; power <= to; power += stride) {
    for (const factor of factors) {
      const tick = exact(factor * 10 ** power);
      if (tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks.length >= 3 ? ticks : linearTicks(min, max, count);
}

/** The 1-, 2- or 5-fold power of ten nearest to `size`. */
export function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const rest = size / power;
  if (rest >= Math.sqrt(50)) return exact(power * 10);
  if (rest >= Math.sqrt(10)) return exact(power * 5);
  return exact(rest >= Math.sqrt(2) ? power * 2 : power);
}

/** `count` round steps, rounded once: 3 steps of 0.1 are 0.3. */
export function multiple(count: number, step: number): number {
  return step < 1 ? count / Math.round(1 / step) : count * step;
}

/** Takes off the rounding errors of a number that has one digit. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}
