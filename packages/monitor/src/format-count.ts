const UNITS = ['', 'k', 'M', 'G', 'T'];

/** Formats an amount with 3 significant digits and a unit: 999, 1.23k, 45.6M. */
export function formatCount(value: number): string {
  let amount = value;
  let unit = 0;
  // 999.5 would be rounded to 1000.
  while (Math.abs(amount) >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  const digits = Math.abs(amount) < 9.995 ? 2 : Math.abs(amount) < 99.95 ? 1 : 0;
  const text = amount.toFixed(digits);
  return `${unit === 0 ? String(Number(text)) : text}${UNITS[unit]}`;
}
