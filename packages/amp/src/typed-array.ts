import { InvalidArgumentError } from '@ds/tensor';
import { describeValue } from './describe-value.ts';

/** Rejects what is not the expected kind of typed array: another would be read as numbers, silently. */
export function checkArray(what: string, given: ArrayBufferView, kind: string): void {
  const found: unknown = (given as { readonly [Symbol.toStringTag]?: unknown } | undefined)?.[
    Symbol.toStringTag
  ];
  if (found === kind) return;
  const shown = typeof found === 'string' ? found : describeValue(given);
  throw new InvalidArgumentError(`${what} takes a ${kind}; got ${shown}.`);
}

/** Rejects a target that is not as long as its source. */
export function checkLength(what: string, length: number, target: { readonly length: number }): void {
  if (target.length === length) return;
  throw new InvalidArgumentError(
    `${what}: the target has ${target.length} elements for ${length} values. Give one of the same length, ` +
      `for example a subarray, or none to have it allocated.`,
  );
}

/** The bits of float32 numbers, as signed integers (which engines keep in registers). */
export function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}
