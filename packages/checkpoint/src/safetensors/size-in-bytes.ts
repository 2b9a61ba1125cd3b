import type { SafetensorsDtype } from './dtype.ts';
import { dtypes } from './dtype.ts';

/** Bytes that a tensor takes, or `undefined` when the shape is not one or the size is beyond exact numbers. */
export function sizeInBytes(dtype: SafetensorsDtype, shape: readonly unknown[]): number | undefined {
  let size: number = dtypes[dtype].bytesPerElement;
  for (const dimension of shape) {
    if (!isSize(dimension)) return undefined;
    size *= dimension;
    if (!Number.isSafeInteger(size)) return undefined;
  }
  return size;
}

/** A whole number from 0 that a double holds exactly. JSON's `-0` is none. */
export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}
