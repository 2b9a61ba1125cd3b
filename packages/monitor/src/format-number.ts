/** Formats a number with 4 significant digits, whole numbers up to a million as they are. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return String(value);
  if (size < 0.9995e-3 || size >= 99_995) return value.toExponential(3);
  return size < 9999.5 ? value.toPrecision(4) : value.toFixed(0);
}
