import { Tensor } from '@tensorflow/tfjs-core';

/** Says in a few words what a value is, for errors about values that are none of those accepted. */
export function describe(value: unknown): string {
  if (value instanceof Tensor) return `a tensor of shape [${value.shape.join(', ')}]`;
  if (typeof value === 'function') return `a function${value.name === '' ? '' : ` ${value.name}`}`;
  if (value === null || typeof value !== 'object')
    return typeof value === 'string' ? `"${value}"` : String(value);
  if (Array.isArray(value)) return `an array of ${value.length} (${typeof value[0]})`;
  return `an object with ${Object.keys(value).slice(0, 8).join(', ') || 'no fields'}`;
}
