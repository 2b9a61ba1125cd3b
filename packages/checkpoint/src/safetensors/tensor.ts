import type { SafetensorsArrays } from './dtype.ts';

/** A tensor as plain data: elements in row-major order in the array that belongs to its dtype. */
export type SafetensorsTensor = {
  [D in keyof SafetensorsArrays]: {
    readonly dtype: D;
    /** `[]` for a scalar; a dimension may be 0. */
    readonly shape: readonly number[];
    readonly data: SafetensorsArrays[D];
  };
}[keyof SafetensorsArrays];

/** Tensors by name. */
export type SafetensorsTensors = Readonly<Record<string, SafetensorsTensor>>;
