import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../error.ts';
import { decodeSafetensors } from './decode-safetensors.ts';
import type { SafetensorsDtype } from './dtype.ts';
import { dtypeNames, dtypes } from './dtype.ts';
import { encodeSafetensors } from './encode-safetensors.ts';
import type { SafetensorsTensor } from './tensor.ts';

const reference = new Uint8Array(
  readFileSync(new URL('../__fixtures__/every-dtype.safetensors', import.meta.url)),
);

/** A file with this header text and `dataLength` bytes of data. */
function file(header: string | Uint8Array, dataLength = 0): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function refusal(bytes: Uint8Array): string {
  try {
    decodeSafetensors(bytes);
  } catch (error) {
    if (!CheckpointError.isInstance(error)) throw error;
    return error.message.replace('This is not a valid safetensors file: ', '');
  }
  throw new Error('was accepted');
}

describe('decodeSafetensors', () => {
  it('reads what the reference implementation wrote', () => {
    const { tensors, metadata } = decodeSafetensors(reference);
    expect(metadata).toEqual({ format: 'np' });
    expect(Object.keys(tensors)).toHaveLength(19);
    expect(tensors['u64']).toEqual({ dtype: 'U64', shape: [1], data: new BigUint64Array([2n ** 64n - 1n]) });
    expect(tensors['c64']).toEqual({ dtype: 'C64', shape: [2], data: new Float32Array([1, 2, 3, -4]) });
    expect(tensors['f64']).toEqual({ dtype: 'F64', shape: [], data: new Float64Array([2.5]) });
    expect(tensors['f32 a']).toEqual({ dtype: 'F32', shape: [0, 4], data: new Float32Array() });
    expect(tensors['bf16']).toEqual({ dtype: 'BF16', shape: [2], data: new Uint16Array([0x3f80, 0xc000]) });
    expect(tensors['é\n"\u2028😀\u007f\u0001']?.data).toEqual(new Int32Array([7]));
    expect(tensors['bool']?.data).toEqual(new Uint8Array([1, 0, 1]));
  });

  it('views aligned data and copies the rest', () => {
    const data = new Float32Array([1, 2]);
    const bytes = encodeSafetensors({ w: { dtype: 'F32', shape: [2], data } });
    expect(decodeSafetensors(bytes).tensors['w']!.data.buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(decodeSafetensors(shifted.subarray(1)).tensors['w']!.data).toEqual(data);
  });

  it('accepts whitespace after the header, fields of the future and an offset order of its own', () => {
    expect(decodeSafetensors(file('{}\r \t\n'))).toEqual({ tensors: {}, metadata: {} });
    const header =
      '{"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2],"new":[{}]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
    expect(Object.keys(decodeSafetensors(file(header, 2)).tensors)).toEqual(['a', 'b']);
  });

  it('keeps a tensor named __proto__ a tensor', () => {
    const header = '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
    const { tensors } = decodeSafetensors(file(header, 1));
    expect(Object.keys(tensors)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
  });
});

describe('decodeSafetensors refuses', () => {
  const entry = (dtype: string, shape: string, offsets: string): string =>
    `"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}`;
  const i32 = `{${entry('I32', '[2,2]', '[0,16]')}}`;

  // The cases of the reference implementation's own tests, with ours between them.
  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(), "it has 0 bytes, and the header's length alone takes 8: truncated."],
    [
      'a length beyond the file',
      file('{}').subarray(0, 9),
      'its header takes 2 bytes and 1 are there: truncated.',
    ],
    [
      'a header over the limit',
      new Uint8Array([1, 225, 245, 5, 0, 0, 0, 0]),
      'its header would take 100000001 bytes and at most 100000000 are accepted: damaged, or another format.',
    ],
    [
      'a length beyond exact numbers',
      new Uint8Array([60, 0, 0, 0, 0, 255, 255, 255]),
      'its header would take 18446742974197923900 bytes and at most 100000000',
    ],
    ['no header at all', new Uint8Array(8), 'its header does not begin with {.'],
    ['bytes that are not UTF-8', file(new Uint8Array([0x7b, 0xff])), 'its header is not JSON in UTF-8'],
    ['half an object', file('{'), 'its header is not JSON in UTF-8'],
    ['another JSON value', file('[]'), 'its header does not begin with {.'],
    ['whitespace first', file(' {}'), 'its header does not begin with {.'],
    ['a byte order mark', file('\ufeff{}'), 'its header does not begin with {.'],
    [
      'two tensors of one name',
      file(`{"a":${i32},"\\u0061":${i32}}`, 16),
      'its header has the key "a" twice.',
    ],
    [
      'two shapes',
      file(`{"a":{${entry('U8', '[1]', '[0,1]')},"shape":[1]}}`, 1),
      'its header has the key "shape" twice.',
    ],
    ['two metadata keys', file('{"__metadata__":{"a":"1","a":"2"}}'), 'its header has the key "a" twice.'],
    [
      'deep nesting',
      file(`{"a":${'['.repeat(128)}${']'.repeat(128)}}`),
      'its header is nested more than 128 deep.',
    ],
    [
      'metadata that is not text',
      file('{"__metadata__":{"a":1}}'),
      '__metadata__ is not a map from text to text.',
    ],
    [
      'metadata that is a list',
      file('{"__metadata__":["a"]}'),
      '__metadata__ is not a map from text to text.',
    ],
    ['an entry that is no object', file('{"a":1}'), 'the entry of tensor "a" is not an object.'],
    ['an entry that is null', file('{"a":null}'), 'the entry of tensor "a" is not an object.'],
    [
      'an unknown dtype',
      file(`{"a":{${entry('FP32', '[1]', '[0,4]')}}}`, 4),
      'tensor "a" has dtype "FP32" (nearest: F32); supported: BOOL, U8,',
    ],
    [
      'an inherited name as dtype',
      file(`{"a":{${entry('constructor', '[1]', '[0,4]')}}}`, 4),
      'has dtype "constructor"',
    ],
    [
      'no shape',
      file('{"a":{"dtype":"U8","data_offsets":[0,0]}}'),
      'tensor "a" has no valid shape: nothing.',
    ],
    [
      'a negative size',
      file(`{"a":{${entry('U8', '[-1]', '[0,1]')}}}`, 1),
      'tensor "a" has no valid shape: [-1].',
    ],
    [
      'a negative zero',
      file(`{"a":{${entry('U8', '[-0]', '[0,0]')}}}`),
      'tensor "a" has no valid shape: [0].',
    ],
    [
      'a shape that overflows',
      file(`{"a":{${entry('I32', '[2,18446744073709551614]', '[0,16]')}}}`, 16),
      'tensor "a" has no valid shape: [2,18446744073709552000].',
    ],
    [
      'a size that overflows',
      file(`{"a":{${entry('I32', '[2,4503599627370496]', '[0,16]')}}}`, 16),
      'tensor "a" has no valid shape: [2,4503599627370496].',
    ],
    [
      'three offsets',
      file(`{"a":{${entry('U8', '[1]', '[0,1,2]')}}}`, 1),
      'no valid data_offsets: [0,1,2]; expected [begin, end].',
    ],
    [
      'a broken offset',
      file(`{"a":{${entry('U8', '[1]', '[0.5,1.5]')}}}`, 1),
      'no valid data_offsets: [0.5,1.5]',
    ],
    [
      'a size that does not fit the shape',
      file(`{"a":{${entry('I32', '[2,2]', '[0,4]')}}}`, 4),
      'tensor "a" (I32, [2, 2]) takes 16 bytes; its offsets [0, 4] give 4.',
    ],
    [
      'offsets in reverse',
      file(`{"a":{${entry('U8', '[1]', '[1,0]')}}}`, 1),
      'takes 1 bytes; its offsets [1, 0] give -1.',
    ],
    [
      'aliased tensors',
      file(`{"a":${i32},"b":${i32}}`, 16),
      'tensor "b" begins at byte 0, inside the tensor before it, which ends at 16.',
    ],
    [
      'a hole',
      file(`{"a":{${entry('U8', '[1]', '[0,1]')}},"b":{${entry('U8', '[1]', '[2,3]')}}}`, 3),
      'bytes 1 to 2, before tensor "b", belong to no tensor.',
    ],
    ['bytes at the end', file(`{"a":${i32}}`, 20), 'the last 4 bytes belong to no tensor.'],
    [
      'missing bytes',
      file(`{"a":${i32}}`, 14),
      'tensor "a" ends at byte 16 and 14 bytes of data are there: truncated.',
    ],
  ])('%s', (_, bytes, message) => {
    expect(refusal(bytes)).toContain(message);
  });

  it('what is not bytes', () => {
    expect(() => decodeSafetensors(new ArrayBuffer(8) as unknown as Uint8Array)).toThrow(CheckpointError);
  });

  it('the reference file cut anywhere', () => {
    for (let length = 0; length < reference.length; length++) {
      expect(refusal(reference.subarray(0, length))).toMatch(/truncated|belong to no tensor/);
    }
  });
});

const tensor = fc
  .tuple(
    fc.constantFrom<SafetensorsDtype>(...dtypeNames),
    fc.array(fc.nat(4), { maxLength: 3 }),
    fc.infiniteStream(fc.nat(255)),
  )
  .map(([dtype, shape, noise]) => {
    const { array: TypedArray, bytesPerElement } = dtypes[dtype];
    const size = shape.reduce((product, dimension) => product * dimension, bytesPerElement);
    const bytes = Uint8Array.from({ length: size }, () => noise.next().value);
    return {
      dtype,
      shape,
      data: new TypedArray(bytes.buffer, 0, size / TypedArray.BYTES_PER_ELEMENT),
    } as SafetensorsTensor;
  });
const name = fc.string({ unit: 'binary' }).filter((text) => text !== '__metadata__');
const tensors = fc.dictionary(name, tensor, { maxKeys: 5 });
const metadata = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 3 });

/** NaN payloads included: equality of bytes, not of numbers. */
const bits = ({ dtype, shape, data }: SafetensorsTensor): unknown => ({
  dtype,
  shape,
  bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
});

describe('any tensors', () => {
  it('come back with the same bits, aligned', () => {
    fc.assert(
      fc.property(tensors, metadata, (given, text) => {
        const bytes = encodeSafetensors(given, text);
        const decoded = decodeSafetensors(bytes);
        const read = Object.entries(decoded.tensors);
        expect(new Map(read.map(([key, value]) => [key, bits(value)]))).toEqual(
          new Map(Object.entries(given).map(([key, value]) => [key, bits(value)])),
        );
        expect(new Map(Object.entries(decoded.metadata))).toEqual(new Map(Object.entries(text)));
        for (const [, { data }] of read) expect(data.buffer).toBe(bytes.buffer);
      }),
    );
  });

  it('are never read from a file that is cut or lengthened', () => {
    fc.assert(
      fc.property(tensors, fc.nat(), fc.uint8Array({ minLength: 1 }), (given, cut, more) => {
        const bytes = encodeSafetensors(given);
        refusal(bytes.subarray(0, cut % bytes.length));
        refusal(new Uint8Array([...bytes, ...more]));
      }),
    );
  });

  it('give our error or tensors of the stated sizes when bytes are damaged', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(tensors, damage, (given, changes) => {
        const bytes = encodeSafetensors(given, { format: 'pt' });
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        try {
          for (const { dtype, shape, data } of Object.values(decodeSafetensors(bytes).tensors)) {
            expect(data.byteLength).toBe(
              shape.reduce((product, dimension) => product * dimension, dtypes[dtype].bytesPerElement),
            );
          }
        } catch (error) {
          if (!CheckpointError.isInstance(error)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('give our error for any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.json(), (noise, json) => {
        expect(() => decodeSafetensors(noise)).toThrow(CheckpointError);
        try {
          decodeSafetensors(file(json));
        } catch (error) {
          if (!CheckpointError.isInstance(error)) throw error;
        }
      }),
    );
  });
});
