import type { Rule } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noWebgpu } from '../../test/backends.ts';
import { createDevice } from './create-device.ts';
import type { TfjsDevice } from './tfjs-device.ts';

/** Adds up `count` slots, more than a shader may bind. */
function sumOfSlots(count: number): Rule {
  const slots = Array.from({ length: count }, (_, index) => `s${index}`);
  return {
    name: `sum_of_${count}`,
    slots,
    scalars: [],
    update: ({ add }, values) => ({ s0: Object.values(values).reduce((sum, value) => add(sum, value)) }),
  };
}

describe.skipIf(noWebgpu)('webgpu', () => {
  let device: TfjsDevice;
  const errors: string[] = [];
  let gpu: GPUDevice;

  beforeEach(async () => {
    await tf.setBackend('webgpu');
    device = createDevice();
    gpu = (tf.backend() as unknown as { device: GPUDevice }).device;
    gpu.onuncapturederror = (event) => errors.push(event.error.message);
  });
  afterEach(async () => {
    await gpu.queue.onSubmittedWorkDone();
    expect(errors).toEqual([]);
    expect(device.memory().slabs).toBe(0);
  });

  it.each([8, 9, 20])('runs a rule of %i slots', async (count) => {
    const rule = sumOfSlots(count);
    const slab = device.alloc(count * 100);
    device.write(
      slab,
      Float32Array.from({ length: count * 100 }, (_, index) => Math.floor(index / 100)),
    );
    const operands = Object.fromEntries(
      rule.slots.map((slot, index) => [slot, { slab, start: 100 * index }]),
    );
    device.compile(rule).run(operands, {}, 90);
    const sum = (count * (count - 1)) / 2;
    const values = await device.read(slab);
    expect([...values.subarray(0, 90)]).toEqual(Array.from({ length: 90 }, () => sum));
    expect([...values.subarray(90, 110)]).toEqual([
      ...Array.from({ length: 10 }, () => 0),
      ...Array.from({ length: 10 }, () => 1),
    ]);
    device.free(slab);
  });

  it('runs on ranges of one slab, near to each other and far apart', async () => {
    const swap: Rule<'a' | 'b'> = {
      name: 'swap',
      slots: ['a', 'b'],
      scalars: [],
      update: (_, { a, b }) => ({ a: b, b: a }),
    };
    const step = device.compile(swap);
    for (const [length, first, second] of [
      [3, 0, 3],
      [64, 0, 64],
      [100, 200, 7],
      [300, 0, 700],
    ] as const) {
      const slab = device.alloc(1000);
      const values = Float32Array.from({ length: 1000 }, (_, index) => index);
      device.write(slab, values);
      step.run({ a: { slab, start: first }, b: { slab, start: second } }, {}, length);
      const expected = values.slice();
      expected.set(values.subarray(second, second + length), first);
      expected.set(values.subarray(first, first + length), second);
      expect(await device.read(slab)).toEqual(expected);
      device.free(slab);
    }
  });

  it('keeps the order between its commands and those of tfjs', async () => {
    const slab = device.alloc(1000);
    const increment = device.compile({
      name: 'increment',
      slots: ['x'],
      scalars: ['by'],
      update: ({ add }, { x }, { by }) => ({ x: add(x, by) }),
    } satisfies Rule<'x', 'by'>);
    const seen: tf.Tensor[] = [];
    for (let count = 1; count <= 40; count++) {
      increment.run({ x: slab }, { by: count });
      seen.push(tf.tidy(() => tf.max(tf.mul(slab.tensor, tf.ones([1000])))));
      if (count % 7 === 0) device.write(slab, new Float32Array(1000));
    }
    const values = await Promise.all(seen.map(async (tensor) => (await tensor.data())[0]));
    let expected = 0;
    for (let count = 1; count <= 40; count++) {
      expected += count;
      expect(values[count - 1]).toBe(expected);
      if (count % 7 === 0) expected = 0;
    }
    tf.dispose(seen);
    device.free(slab);
  });

  it('adds up large slabs, and sees one number that is not finite', async () => {
    const length = 300_001;
    const slab = device.alloc(length);
    const target = device.alloc(2);
    const values = Float32Array.from({ length }, (_, index) => Math.sin(index));
    device.write(slab, values);
    const expected = values.reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs((await device.sumOfSquares(slab)) / expected - 1)).toBeLessThan(1e-6);
    device.writeSumOfSquares({ slab: target, start: 1 }, slab, length);
    expect(Math.abs((await device.read(target))[1]! / expected - 1)).toBeLessThan(1e-6);
    device.write(slab, Float32Array.of(Number.NEGATIVE_INFINITY), 250_000);
    expect(await device.sumOfSquares(slab)).toBeNaN();
    device.writeSumOfSquares(target, slab, length);
    expect((await device.read(target))[0]).toBeNaN();
    device.write(slab, Float32Array.of(1e30), 250_000);
    expect(Number.isFinite(await device.sumOfSquares(slab))).toBe(false);
    device.free(slab);
    device.free(target);
  });

  it('says how much fits into one slab', () => {
    const most = Math.floor(gpu.limits.maxStorageBufferBindingSize / 4);
    expect(() => device.alloc(most + 1)).toThrow(`at most ${most} numbers in one piece`);
  });
});
