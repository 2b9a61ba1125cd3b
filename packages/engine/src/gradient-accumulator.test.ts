import { createLayout } from '@ds/tensor';
import type { ArraySlab } from '@ds/tensor/testing';
import { createArrayDevice } from '@ds/tensor/testing';
import { describe, expect, it } from 'vitest';
import { createGradientAccumulator } from './gradient-accumulator.ts';

const layout = createLayout([
  { name: 'a', shape: [2] },
  { name: 'b', shape: [3] },
]);

describe('createGradientAccumulator', () => {
  const device = createArrayDevice();
  const slabOf = (...values: number[]): ArraySlab => {
    const slab = device.alloc(values.length);
    slab.values.set(values);
    return slab;
  };
  const valuesOf = async (operand: { slab: ArraySlab; start: number } | undefined, length: number) =>
    operand && [...(await device.read(operand.slab, operand.start, operand.start + length))];

  it('copies the first gradient, adds the others, and reduces all of them at once', async () => {
    const gradients = createGradientAccumulator(device, layout);
    gradients.add([{ name: 'b', gradient: slabOf(1, 2, 3) }]);
    gradients.add([
      { name: 'a', gradient: slabOf(4, 5) },
      { name: 'b', gradient: slabOf(10, 20, 30) },
    ]);
    expect(await valuesOf(gradients.gradient('a'), 2)).toEqual([4, 5]);
    expect(await valuesOf(gradients.gradient('b'), 3)).toEqual([11, 22, 33]);
    expect(gradients.names()).toEqual(['a', 'b']);
    expect(await gradients.sumOfSquares()).toBe(16 + 25 + 121 + 484 + 1089);
    expect(await gradients.sumOfSquaresOf('a')).toBe(41);
    gradients.dispose();
  });

  it('keeps numbers of an earlier step, NaN too, out of the norm of one without them', async () => {
    const gradients = createGradientAccumulator(device, layout);
    gradients.add([
      { name: 'a', gradient: slabOf(Number.NaN, 1) },
      { name: 'b', gradient: slabOf(1, 1, 1) },
    ]);
    expect(await gradients.sumOfSquares()).toBeNaN();
    gradients.clear();
    gradients.add([{ name: 'b', gradient: slabOf(2, 0, 0) }]);
    expect(gradients.gradient('a')).toBeUndefined();
    expect(await gradients.sumOfSquares()).toBe(4);
    gradients.clear();
    expect(await gradients.sumOfSquares()).toBe(0);
    gradients.add([{ name: 'b', gradient: slabOf(2, 0, 0) }]);
    gradients.restore(new Map([['a', Float32Array.of(3, 4)]]));
    expect(gradients.names()).toEqual(['a']);
    expect(await gradients.sumOfSquares()).toBe(25);
    gradients.dispose();
  });

  it('holds one slab of the layout`s length', () => {
    const before = device.memory();
    const gradients = createGradientAccumulator(device, layout);
    expect(device.memory()).toEqual({ slabs: before.slabs + 1, bytes: before.bytes + 4 * layout.length });
    gradients.dispose();
    expect(device.memory()).toEqual(before);
  });
});
