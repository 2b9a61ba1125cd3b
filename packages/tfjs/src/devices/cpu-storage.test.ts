import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import '@tensorflow/tfjs-backend-cpu';
import type { TfjsDevice } from './tfjs-device.ts';
import { createDevice } from './create-device.ts';

describe('cpu', () => {
  let device: TfjsDevice;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    device = createDevice();
  });

  it('takes tensors whose numbers are in a plain array, as some kernels leave them', async () => {
    const plain = tf.engine().makeTensor([1, 2, 3] as never, [3], 'float32');
    device.write(device.adopt(plain), Float32Array.of(5), 1);
    expect([...plain.dataSync()]).toEqual([1, 5, 3]);
    expect(await device.sumOfSquares(device.adopt(plain))).toBe(35);
    plain.dispose();
  });

  it('gives out copies of what it rewrites in place, whichever way they are asked for', async () => {
    const slab = device.alloc(2);
    const { tensor } = slab;
    const given = [tensor.dataSync(), await tensor.data(), tensor.bufferSync().values, tensor.arraySync()];
    device.write(slab, Float32Array.of(1, 2));
    for (const values of given) expect([...(values as ArrayLike<number> & Iterable<number>)]).toEqual([0, 0]);
    expect([...tensor.dataSync()]).toEqual([1, 2]);
    device.free(slab);
  });

  it('leaves the reads of tensors that are not its own as they were', () => {
    const array = Float32Array.of(1, 2);
    const tensor = tf.tensor1d(array);
    expect(tensor.dataSync()).toBe(array);
    tensor.dispose();
  });
});
