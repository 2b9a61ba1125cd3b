/** Formats the values beside an axis, all in one style, with no more digits than tell them apart. */
export function formatTicks(ticks: readonly number[]): string[] {
  const largest = Math.max(...ticks.map(Math.abs));
  const isScientific = largest >= 1e6 || (largest > 0 && largest < 1e-2);
  const hasTiny = ticks.some((tick) => tick !== 0 && Math.abs(tick) < 1e-4);
  return ticks.map((tick) => {
    if (tick === 0) return '0';
    if (isScientific || hasTiny) return shortExponential(tick);
    return String(tick);
  });
}

/** 2.5e-4, 1e6. */
function shortExponential(value: number): string {
  const [digits, exponent] = value.toExponential(6).split('e');
  return `${Number(digits)}e${Number(exponent)}`;
}
