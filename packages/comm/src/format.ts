import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';

/** How the numbers of an array are written; `bytes` are moved, never reduced. */
export type Format = 'float32' | 'float16' | 'bfloat16' | 'int32' | 'bytes';

/** What collectives work on. The bits of 16-bit floats are held by a `Uint16Array`, whose format must be named. */
export type Values = Float32Array | Int32Array | Uint16Array | Uint8Array;

/** The array that holds elements of a format. */
export type ArrayOf<F extends Format> = F extends 'float32'
  ? Float32Array
  : F extends 'int32'
    ? Int32Array
    : F extends 'bytes'
      ? Uint8Array
      : Uint16Array;

/** Bytes of one element. */
export const elementBytes: Readonly<Record<Format, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int32: 4,
  bytes: 1,
};

/** All formats, in the order of their codes on the wire. */
export const formats: readonly Format[] = ['float32', 'float16', 'bfloat16', 'int32', 'bytes'];

/**
 * The format of an array: what its type says, or for a `Uint16Array` what the caller says.
 *
 * @throws InvalidArgumentError when the two contradict each other, or a `Uint16Array` comes without a format.
 */
export function formatOf(values: Values, named?: Format): Format {
  if (named !== undefined && !formats.includes(named)) throw new UnknownNameError('format', named, formats);
  const possible = possibleFormats(values);
  if (named === undefined && possible.length === 1) return possible[0]!;
  if (named !== undefined && possible.includes(named)) return named;
  if (named === undefined) {
    throw new InvalidArgumentError(
      "A Uint16Array holds the bits of 16-bit floats: say which with { format: 'float16' } or { format: 'bfloat16' }.",
    );
  }
  throw new InvalidArgumentError(
    `A ${values.constructor.name} cannot hold ${named}; it can hold ${possible.join(' or ')}.`,
  );
}

function possibleFormats(values: Values): readonly Format[] {
  if (values instanceof Float32Array) return ['float32'];
  if (values instanceof Int32Array) return ['int32'];
  if (values instanceof Uint16Array) return ['float16', 'bfloat16'];
  if (values instanceof Uint8Array) return ['bytes'];
  throw new InvalidArgumentError(
    `Collectives work on a Float32Array, an Int32Array, a Uint16Array (16-bit floats) or a Uint8Array, not on ${
      (values as object | undefined)?.constructor.name ?? String(values)
    }.`,
  );
}

/** Elements of a format over memory that there is already. */
export function valuesOver<F extends Format>(bytes: Uint8Array, format: F): ArrayOf<F> {
  const { buffer, byteOffset, byteLength } = bytes;
  const length = byteLength / elementBytes[format];
  const make: Readonly<Record<Format, () => Values>> = {
    float32: () => new Float32Array(buffer, byteOffset, length),
    int32: () => new Int32Array(buffer, byteOffset, length),
    bytes: () => bytes,
    float16: () => new Uint16Array(buffer, byteOffset, length),
    bfloat16: () => new Uint16Array(buffer, byteOffset, length),
  };
  return make[format]() as ArrayOf<F>;
}

/** The bytes behind an array, without a copy. */
export function bytesOf(values: Values): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
