/** A value as an error message shows it: `'abc' (string)`, `NaN`, `[1, 2] (list)`, `an object { type }`. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value}' (string)`;
  if (typeof value === 'boolean') return `${value} (boolean)`;
  if (Array.isArray(value)) return `[${value.map(describeValue).join(', ')}] (list)`;
  return typeof value === 'object' ? `an object { ${Object.keys(value).join(', ')} }` : `a ${typeof value}`;
}
