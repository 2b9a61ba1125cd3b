import { readFileSync } from 'node:fs';
import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors, encodeSafetensorsChunks } from './encode-safetensors.ts';
import type { SafetensorsTensors } from './tensor.ts';

/** The arrays of `__fixtures__/make-every-dtype.py`, in its order. */
const everyDtype: SafetensorsTensors = {
  bool: { dtype: 'BOOL', shape: [3], data: new Uint8Array([1, 0, 1]) },
  u8: { dtype: 'U8', shape: [2], data: new Uint8Array([0, 255]) },
  i8: { dtype: 'I8', shape: [2], data: new Int8Array([-128, 127]) },
  f8_e5m2: { dtype: 'F8_E5M2', shape: [1], data: new Uint8Array([0x3c]) },
  f8_e4m3: { dtype: 'F8_E4M3', shape: [1], data: new Uint8Array([0x38]) },
  f8_e8m0: { dtype: 'F8_E8M0', shape: [1], data: new Uint8Array([0x7f]) },
  i16: { dtype: 'I16', shape: [1], data: new Int16Array([-2]) },
  u16: { dtype: 'U16', shape: [1], data: new Uint16Array([65535]) },
  f16: { dtype: 'F16', shape: [2], data: new Uint16Array([0x3c00, 0xc000]) },
  bf16: { dtype: 'BF16', shape: [2], data: new Uint16Array([0x3f80, 0xc000]) },
  i32: { dtype: 'I32', shape: [1], data: new Int32Array([-7]) },
  u32: { dtype: 'U32', shape: [1], data: new Uint32Array([4294967295]) },
  'f32 b': { dtype: 'F32', shape: [2, 3], data: new Float32Array([0, 1, 2, 3, 4, 5]) },
  'f32 a': { dtype: 'F32', shape: [0, 4], data: new Float32Array() },
  c64: { dtype: 'C64', shape: [2], data: new Float32Array([1, 2, 3, -4]) },
  f64: { dtype: 'F64', shape: [], data: new Float64Array([2.5]) },
  i64: { dtype: 'I64', shape: [2], data: new BigInt64Array([1n, -1n]) },
  u64: { dtype: 'U64', shape: [1], data: new BigUint64Array([2n ** 64n - 1n]) },
  'é\n"\u2028😀\u007f\u0001': { dtype: 'I32', shape: [1], data: new Int32Array([7]) },
};

const reference = new Uint8Array(
  readFileSync(new URL('../__fixtures__/every-dtype.safetensors', import.meta.url)),
);

describe('encodeSafetensors', () => {
  it('writes the bytes of the reference implementation for every dtype', () => {
    expect(encodeSafetensors(everyDtype, { format: 'np' })).toEqual(reference);
  });

  it('writes the same bytes whatever the order of the tensors', () => {
    const reversed = Object.fromEntries(Object.entries(everyDtype).toReversed());
    expect(encodeSafetensors(reversed, { format: 'np' })).toEqual(reference);
  });

  // Byte lists from the tests of huggingface/safetensors, safetensors/src/tensor.rs.
  it('writes the documented bytes of one tensor, of none, and of metadata alone', () => {
    const data = new Float32Array([0, 1, 2, 3, 4, 5]);
    const floats = [0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64, 0, 0, 160, 64];
    const length = (bytes: number): number[] => [bytes, 0, 0, 0, 0, 0, 0, 0];
    const text = (value: string): number[] => [...new TextEncoder().encode(value)];
    expect([...encodeSafetensors({ 'attn.0': { dtype: 'F32', shape: [1, 2, 3], data } })]).toEqual([
      ...length(64),
      ...text('{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}'),
      ...floats,
    ]);
    expect([...encodeSafetensors({ attn0: { dtype: 'F32', shape: [1, 1, 2, 3], data } })]).toEqual([
      ...length(72),
      ...text('{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       '),
      ...floats,
    ]);
    expect([...encodeSafetensors({})]).toEqual([...length(8), ...text('{}      ')]);
    expect([...encodeSafetensors({}, { framework: 'pt' })]).toEqual([
      ...length(40),
      ...text('{"__metadata__":{"framework":"pt"}}     '),
    ]);
  });

  it('keeps names that look like numbers in file order, after the metadata', () => {
    const one = { dtype: 'U8', shape: [1], data: new Uint8Array([1]) } as const;
    const bytes = encodeSafetensors({ b: one, 10: one, 9: one, a: one }, { z: '' });
    const header = new TextDecoder().decode(bytes.subarray(8));
    expect([...header.matchAll(/"(\w+)":\{/g)].map((match) => match[1])).toEqual([
      '__metadata__',
      '10',
      '9',
      'a',
      'b',
    ]);
  });

  it('orders names as UTF-8 bytes, as the reference implementation does', () => {
    const one = { dtype: 'U8', shape: [1], data: new Uint8Array([1]) } as const;
    const header = new TextDecoder().decode(encodeSafetensors({ '😀': one, '\uff01': one, a: one, ab: one }));
    const order = ['a', 'ab', '\uff01', '😀'].map((name) => header.indexOf(JSON.stringify(name)));
    expect(order).toEqual(order.toSorted((left, right) => left - right));
    expect(order).not.toContain(-1);
  });

  it('views the tensors instead of copying them', () => {
    const memory = new Float32Array(8).fill(3);
    const data = memory.subarray(2, 4);
    const [, chunk] = encodeSafetensorsChunks({ w: { dtype: 'F32', shape: [2], data } });
    expect([chunk!.buffer, chunk!.byteOffset, chunk!.byteLength]).toEqual([memory.buffer, 8, 8]);
  });

  it('accepts a Node buffer as bytes', () => {
    const bytes = encodeSafetensors({ a: { dtype: 'U8', shape: [2], data: Buffer.from([1, 2]) } });
    expect([...bytes.subarray(-2)]).toEqual([1, 2]);
  });
});

describe('encodeSafetensors refuses', () => {
  const data = new Float32Array(6);
  const refusal = (tensors: unknown, metadata?: unknown): string => {
    try {
      encodeSafetensors(tensors as SafetensorsTensors, metadata as Record<string, string>);
    } catch (error) {
      expect(InvalidArgumentError.isInstance(error)).toBe(true);
      return (error as Error).message;
    }
    throw new Error('was accepted');
  };

  it.each([
    [
      { w: { dtype: 'F32', shape: [2, 2], data } },
      'Tensor "w" of shape [2, 2] takes 4 elements; its data has 6.',
    ],
    [{ w: { dtype: 'C64', shape: [2], data } }, 'Tensor "w" of shape [2] takes 4 elements; its data has 6.'],
    [
      { w: { dtype: 'F64', shape: [6], data } },
      'Tensor "w" is F64, which is held in a Float64Array; got Float32Array.',
    ],
    [
      { w: { dtype: 'F32', shape: [1], data: [1] } },
      'Tensor "w" is F32, which is held in a Float32Array; got object.',
    ],
    [
      { w: { dtype: 'F32', shape: [1] } },
      'Tensor "w" is F32, which is held in a Float32Array; got undefined.',
    ],
    [{ w: { dtype: 'F32', shape: [-6], data } }, 'Tensor "w" has no valid shape: [-6].'],
    [{ w: { dtype: 'F32', shape: [1.5], data } }, 'Tensor "w" has no valid shape: [1.5].'],
    [{ w: { dtype: 'F32', shape: 6, data } }, 'Tensor "w" has no valid shape: 6.'],
    [{ w: { dtype: 'float32', shape: [6], data } }, 'Unknown dtype of tensor "w" "float32".'],
    [{ w: null }, 'Unknown dtype of tensor "w" "undefined".'],
    [{ __metadata__: { dtype: 'F32', shape: [6], data } }, 'A tensor cannot be named "__metadata__"'],
    [
      { '\ud800': { dtype: 'F32', shape: [6], data } },
      'The tensor name "\\ud800" is not well-formed Unicode',
    ],
  ])('%j', (tensors, message) => {
    expect(refusal(tensors)).toContain(message);
  });

  it('metadata that is not text', () => {
    expect(refusal({}, { step: 3 })).toBe(
      'Metadata is a map from text to text; "step" is a number. Convert it with String() or JSON.stringify().',
    );
    expect(refusal({}, { a: '\udfff' })).toContain('The metadata value of "a" is not well-formed');
  });

  it('a dtype with a slip, naming the right one', () => {
    const tensors = { w: { dtype: 'FP32', shape: [6], data } } as unknown as SafetensorsTensors;
    expect(() => encodeSafetensors(tensors)).toThrow(UnknownNameError);
    expect(() => encodeSafetensors(tensors)).toThrow(/Did you mean "F32"/);
  });
});
