import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { UnavailableError } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  assertTfjsVersion,
  engineState,
  sharesStorage,
  swapStorage,
  untaped,
  wasmAddress,
  wasmBuffer,
  wasmMemory,
} from './tfjs-internals.ts';

describe('the version of tfjs', () => {
  it('is the one whose internals are known', () => {
    expect(() => assertTfjsVersion()).not.toThrow();
  });
  it('is an error when it is another', () => {
    expect(() => assertTfjsVersion('4.23.0')).toThrow(
      /knows only @tensorflow\/tfjs-core 4\.22\.0; found 4\.23\.0\. Install every/,
    );
    expect(() => assertTfjsVersion('5.0.0')).toThrow(UnavailableError);
  });
});

describe.each(['cpu', 'wasm'])('storage on %s', (backend) => {
  it('tells who shares memory', async () => {
    await tf.setBackend(backend);
    const tensor = tf.tensor1d([1, 2]);
    expect(sharesStorage(tf.backend(), tensor)).toBe(false);
    const reshaped = tf.reshape(tensor, [2, 1]);
    expect(sharesStorage(tf.backend(), tensor)).toBe(true);
    reshaped.dispose();
    expect(sharesStorage(tf.backend(), tensor)).toBe(false);
    tensor.dispose();
  });

  it('exchanges memory without counting anything anew', async () => {
    await tf.setBackend(backend);
    const before = tf.memory();
    const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
    swapStorage(a, b);
    expect([...a.dataSync(), ...b.dataSync()]).toEqual([3, 4, 1, 2]);
    b.dispose();
    expect([...a.dataSync()]).toEqual([3, 4]);
    a.dispose();
    expect(tf.memory()).toEqual(before);
  });
});

describe('a tape', () => {
  it('does not see what is run untaped', async () => {
    await import('@tensorflow/tfjs-layers');
    const lengths: (number | undefined)[] = [];
    const recorded = (): number | undefined => engineState().activeTape?.length;
    tf.grad((x) => {
      lengths.push(recorded());
      untaped(() => tf.tidy(() => void tf.square(x)));
      lengths.push(recorded());
      const negative = tf.neg(x);
      lengths.push(recorded());
      return negative;
    })(tf.tensor1d([1, 2]));
    expect(lengths).toEqual([0, 0, 1]);
    expect(() =>
      untaped(() => {
        throw new Error('passed on');
      }),
    ).toThrow('passed on');
  });
});

describe('the wasm heap', () => {
  it('is a memory that tensors lie in', async () => {
    await tf.setBackend('wasm');
    const tensor = tf.tensor1d([1, 2, 3]);
    expect(wasmMemory(tf.backend())).toBeInstanceOf(WebAssembly.Memory);
    const address = wasmAddress(tf.backend(), tensor);
    expect([...new Float32Array(wasmBuffer(tf.backend()), address, 3)]).toEqual([1, 2, 3]);
    tensor.dispose();
  });
});
