/** The array that holds each dtype's elements. Types that JavaScript lacks are raw bits; C64 is re, im, re, im. */
export interface SafetensorsArrays {
  BOOL: Uint8Array;
  U8: Uint8Array;
  I8: Int8Array;
  F8_E5M2: Uint8Array;
  F8_E4M3: Uint8Array;
  F8_E8M0: Uint8Array;
  I16: Int16Array;
  U16: Uint16Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I32: Int32Array;
  U32: Uint32Array;
  F32: Float32Array;
  C64: Float32Array;
  F64: Float64Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
}

/** A dtype by its name in the file. The formats below a byte (F4, F6) are not supported. */
export type SafetensorsDtype = keyof SafetensorsArrays;

/** How a dtype lies in memory. */
export interface DtypeLayout {
  readonly bytesPerElement: number;
  readonly array: {
    readonly name: string;
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): SafetensorsArrays[SafetensorsDtype];
  };
}

/** Every dtype, in the order in which the reference implementation ranks them: it writes the last ones first. */
export const dtypes: Readonly<Record<SafetensorsDtype, DtypeLayout>> = {
  BOOL: { bytesPerElement: 1, array: Uint8Array },
  U8: { bytesPerElement: 1, array: Uint8Array },
  I8: { bytesPerElement: 1, array: Int8Array },
  F8_E5M2: { bytesPerElement: 1, array: Uint8Array },
  F8_E4M3: { bytesPerElement: 1, array: Uint8Array },
  F8_E8M0: { bytesPerElement: 1, array: Uint8Array },
  I16: { bytesPerElement: 2, array: Int16Array },
  U16: { bytesPerElement: 2, array: Uint16Array },
  F16: { bytesPerElement: 2, array: Uint16Array },
  BF16: { bytesPerElement: 2, array: Uint16Array },
  I32: { bytesPerElement: 4, array: Int32Array },
  U32: { bytesPerElement: 4, array: Uint32Array },
  F32: { bytesPerElement: 4, array: Float32Array },
  C64: { bytesPerElement: 8, array: Float32Array },
  F64: { bytesPerElement: 8, array: Float64Array },
  I64: { bytesPerElement: 8, array: BigInt64Array },
  U64: { bytesPerElement: 8, array: BigUint64Array },
};

/** Dtype names, in rank order. */
export const dtypeNames: readonly SafetensorsDtype[] = Object.keys(dtypes) as SafetensorsDtype[];

/** Tells whether `name` is a dtype that can be read and written. */
export function isDtype(name: unknown): name is SafetensorsDtype {
  return typeof name === 'string' && Object.hasOwn(dtypes, name);
}
