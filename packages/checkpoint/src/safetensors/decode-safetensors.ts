import { CheckpointError } from '../error.ts';
import type { SafetensorsArrays, SafetensorsDtype } from './dtype.ts';
import { dtypes } from './dtype.ts';
import { LENGTH_BYTES } from './header.ts';
import { parseHeader } from './parse-header.ts';
import type { SafetensorsTensor } from './tensor.ts';

/** The contents of a safetensors file. */
export interface SafetensorsFile {
  /** By name, in the order of their bytes in the file. */
  readonly tensors: Record<string, SafetensorsTensor>;
  /** Empty where the file has none. */
  readonly metadata: Record<string, string>;
}

/**
 * Decodes a safetensors file, refusing everything that the format forbids.
 *
 * Data are views of `bytes` where the tensor is aligned, as it is in files written by this package or a current
 * reference implementation, and copies where it is not: treat them as read-only, or do not use `bytes` again.
 *
 * Source: https://github.com/huggingface/safetensors#format
 *
 * @throws CheckpointError saying what is wrong: truncated, too large a header, overlapping or missing bytes, a size
 *   that does not fit shape and dtype, duplicate names, an unknown dtype.
 *
 * @example
 * import { readFile } from 'node:fs/promises';
 *
 * const { tensors, metadata } = decodeSafetensors(await readFile('model.safetensors'));
 * for (const [name, { dtype, shape }] of Object.entries(tensors)) console.log(name, dtype, shape);
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  if (!(ArrayBuffer.isView(bytes) && bytes[Symbol.toStringTag] === 'Uint8Array')) {
    throw new CheckpointError('A safetensors file is decoded from a Uint8Array; wrap an ArrayBuffer in one.');
  }
  const { entries, metadata, headerLength } = parseHeader(bytes);
  const start = LENGTH_BYTES + headerLength;
  const tensors = entries.map(({ name, dtype, shape, begin, end }) => {
    const data = viewOf(dtype, bytes.subarray(start + begin, start + end));
    return [name, { dtype, shape, data } as SafetensorsTensor] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

function viewOf(dtype: SafetensorsDtype, bytes: Uint8Array): SafetensorsArrays[SafetensorsDtype] {
  const { array: TypedArray } = dtypes[dtype];
  const aligned = bytes.byteOffset % TypedArray.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new TypedArray(aligned.buffer, aligned.byteOffset, aligned.length / TypedArray.BYTES_PER_ELEMENT);
}
