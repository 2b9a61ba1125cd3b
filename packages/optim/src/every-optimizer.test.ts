import { createLayout } from '@ds/tensor';
import type { ArraySlab } from '@ds/tensor/testing';
import { createArrayDevice } from '@ds/tensor/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyOptimizer, modelElements } from '../test/every-optimizer.ts';
import { modelShapes, numbersFor, train } from '../test/harness.ts';

/** Minimizes from `start` with a rate that falls to 0, and returns the loss before and after. */
function minimize(
  { create, rates }: (typeof everyOptimizer)[number],
  problem: 0 | 1,
  start: readonly number[],
  loss: (x: ArrayLike<number>) => number,
  gradient: (x: ArrayLike<number>) => number[],
  steps: number,
): { before: number; after: number } {
  const device = createArrayDevice();
  const layout = createLayout([{ name: 'x', shape: [1, start.length] }]);
  const optimizer = create((step) => rates[problem] * (1 - step / steps)).create({ device, layout });
  const x = device.alloc(start.length);
  const g: ArraySlab = device.alloc(start.length);
  x.values.set(start);
  for (let step = 0; step < steps; step++) {
    g.values.set(gradient(x.values));
    optimizer.step({ parameter: () => x, gradient: () => g });
  }
  return { before: loss(start), after: loss(x.values) };
}

describe.each(everyOptimizer)('$name', (optimizer) => {
  test('descends a parabola', () => {
    const curvature = [1, 0.5, 2];
    const { before, after } = minimize(
      optimizer,
      0,
      [1, -2, 0.5],
      (x) => curvature.reduce((sum, c, i) => sum + 0.5 * c * x[i]! ** 2, 0),
      (x) => curvature.map((c, i) => c * x[i]!),
      400,
    );
    expect(after).toBeLessThan(before * 1e-2);
  });

  test("descends Rosenbrock's valley", () => {
    const { before, after } = minimize(
      optimizer,
      1,
      [-1, 1.5],
      (x) => (1 - x[0]!) ** 2 + 100 * (x[1]! - x[0]! ** 2) ** 2,
      (x) => [-2 * (1 - x[0]!) - 400 * x[0]! * (x[1]! - x[0]! ** 2), 200 * (x[1]! - x[0]! ** 2)],
      4000,
    );
    expect(before).toBe(29);
    expect(after).toBeLessThan(0.3);
  });

  test('gives the same bits in flat memory as in separate slabs', () => {
    const separate = train(optimizer.create());
    const flat = train(optimizer.create(), { flat: true });
    for (let step = 0; step < 6; step++) {
      const skip = step === 3 ? ['dense/bias', 'square/kernel'] : [];
      separate.step({ skip, gradientScale: 0.5 });
      flat.step({ skip, gradientScale: 0.5 });
    }
    expect(flat.values()).toEqual(separate.values());
    expect(flat.values()['dense/kernel']).not.toEqual(numbersFor('dense/kernel', 15, 0));
  });

  test('resumes bit for bit, in another order of parameters', async () => {
    const names = Object.keys(modelShapes);
    const whole = train(optimizer.create());
    const first = train(optimizer.create());
    for (let step = 0; step < 20; step++) whole.step({ skip: step === 4 ? ['dense/bias'] : [] });
    for (let step = 0; step < 10; step++) first.step({ skip: step === 4 ? ['dense/bias'] : [] });
    const state = await first.optimizer.stateDict();
    const second = train(optimizer.create(), {
      order: names.toReversed(),
      initial: first.values(),
      from: 10,
      flat: true,
    });
    second.optimizer.loadStateDict(JSON.parse(JSON.stringify(state), reviveArrays) as typeof state);
    for (let step = 0; step < 10; step++) second.step();
    expect(second.values()).toEqual(whole.values());
    expect(await second.optimizer.stateDict()).toEqual({
      ...(await whole.optimizer.stateDict()),
      groups: expect.any(Array) as unknown,
    });
  });

  test('holds the memory it says, no more over steps, and none in the end', () => {
    const training = train(optimizer.create());
    const { optimizer: bound, device } = training;
    expect(bound.stateBytesPerElement).toBeCloseTo((4 * optimizer.stateElements) / modelElements, 10);
    const before = device.memory();
    for (let step = 0; step < 5; step++) training.step();
    expect(device.memory()).toEqual(before);
    training.dispose();
    expect(device.memory()).toEqual({ slabs: 0, bytes: 0 });
  });

  test('leaves a parameter without gradient, and its state, alone', async () => {
    const training = train(optimizer.create());
    for (let step = 0; step < 3; step++) training.step({ skip: ['tall/kernel'] });
    expect(training.values()['tall/kernel']).toEqual(numbersFor('tall/kernel', 12, 0));
    const { parameters } = await training.optimizer.stateDict();
    expect(parameters['tall/kernel']).toBeUndefined();
    expect(parameters['dense/kernel']!.scalars['step']).toBe(3);
  });

  test('climbs where it would descend when it maximizes', () => {
    const layout = createLayout([{ name: 'x', shape: [2, 2] }]);
    const moved = [1, -1].map((sign) => {
      const device = createArrayDevice();
      const bound = optimizer.create().create({ device, layout });
      if (sign === -1) Object.assign(bound.paramGroups[0]!, { maximize: true });
      const x = device.alloc(4);
      const g = device.alloc(4);
      x.values.set([1, 2, -1, -2]);
      g.values.set([1, -2, 3, -4].map((value) => value * sign));
      bound.step({ parameter: () => x, gradient: () => g });
      return x.values;
    });
    expect(moved[1]).toEqual(moved[0]);
  });
});

/** Elementwise optimizers cannot tell a part of a parameter from a whole one: what ZeRO's shards rest on. */
test.each(everyOptimizer.filter(({ name }) => !/lamb|lars|muon|adafactor/.test(name)))(
  '$name: shards give the bits of the whole',
  ({ create }) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 4 }), (cuts) => {
        const bounds = [0, ...cuts.toSorted((a, b) => a - b), 40];
        const run = (parts: readonly (readonly [number, number])[]): number[] => {
          const device = createArrayDevice();
          const layout = createLayout(
            parts.map(([start, end]) => ({ name: `${start}-${end}`, shape: [end - start] })),
          );
          const optimizer = create().create({ device, layout });
          const x = device.alloc(40);
          const g = device.alloc(40);
          x.values.set(numbersFor('x', 40, 0));
          const place = (slab: ArraySlab, name: string): { slab: ArraySlab; start: number } => ({
            slab,
            start: Number(name.split('-')[0]),
          });
          for (let step = 1; step < 4; step++) {
            g.values.set(numbersFor('x', 40, step));
            optimizer.step({ parameter: (name) => place(x, name), gradient: (name) => place(g, name) });
          }
          return [...x.values];
        };
        const shards = bounds.slice(1).map((end, index) => [bounds[index]!, end] as const);
        const distinct = shards.filter(([start, end]) => end > start);
        expect(run(distinct)).toEqual(run([[0, 40]]));
      }),
      { numRuns: 20 },
    );
  },
);

/** Arrays lose their type in JSON. */
function reviveArrays(key: string, value: unknown): unknown {
  if (key !== 'tensors') return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, Record<string, number>>).map(([name, numbers]) => [
      name,
      Float32Array.from(Object.values(numbers)),
    ]),
  );
}
