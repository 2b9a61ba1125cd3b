import type { Device, Rule, Step } from '@ds/tensor';
import { chain, createLayout } from '@ds/tensor';
import type { ArraySlab } from '@ds/tensor/testing';
import { createArrayDevice } from '@ds/tensor/testing';
import { expect, test } from 'vitest';
import { modelElements } from '../test/every-optimizer.ts';
import { numbersFor, train } from '../test/harness.ts';
import {
  adadelta,
  adafactor,
  adam,
  adamScalars,
  adamW,
  addDecayedWeights,
  customOptimizer,
  lamb,
  lars,
  lion,
  rmsprop,
  scaleByAdam,
  scaleByLearningRate,
  sgd,
} from './index.ts';

/** A reference device that notes the length of every run. */
function recordingDevice(): {
  device: Device<ArraySlab> & ReturnType<typeof createArrayDevice>;
  runs: number[];
} {
  const device = createArrayDevice();
  const runs: number[] = [];
  const compile = <Slot extends string, Scalar extends string>(
    rule: Rule<Slot, Scalar>,
  ): Step<ArraySlab, Slot, Scalar> => {
    const step = device.compile(rule);
    return {
      run(operands, scalars, length) {
        runs.push(length ?? -1);
        step.run(operands, scalars, length);
      },
      dispose: () => step.dispose(),
    };
  };
  return { device: { ...device, compile }, runs };
}

test('flat memory is updated in one run, separate slabs in one run each', () => {
  const flat = recordingDevice();
  train(adam(), { device: flat.device, flat: true }).step();
  expect(flat.runs).toEqual([modelElements]);
  const separate = recordingDevice();
  train(adam(), { device: separate.device }).step();
  expect(separate.runs).toEqual([15, 5, 48, 12, 16, 21, 1]);
});

test('a run ends where a parameter is skipped, and where step counts or groups differ', () => {
  const { device, runs } = recordingDevice();
  const training = train(adam({ groups: [{ parameters: ['temperature'] }] }), { device, flat: true });
  training.step({ skip: ['conv/kernel'] });
  expect(runs.splice(0)).toEqual([1, 20, 49]);
  training.step();
  expect(runs.splice(0)).toEqual([1, 20, 48, 49]);
});

test('memory in another order than the layout is never joined across a gap', () => {
  const layout = createLayout(['a', 'b', 'c'].map((name) => ({ name, shape: [1] })));
  const starts: Readonly<Record<string, number>> = { a: 0, c: 1, b: 2 };
  const run = (flat: boolean): number[] => {
    const device = createArrayDevice();
    const optimizer = sgd({ learningRate: 1, momentum: 0.5 }).create({ device, layout });
    const [x, g] = [device.alloc(3), device.alloc(3)];
    const separate = new Map(layout.entries.map(({ name }) => [name, [device.alloc(1), device.alloc(1)]]));
    for (const skip of ['', 'b', '']) {
      g.values.set([1, 2, 3]);
      for (const [name, [, gradient]] of separate) gradient!.values.set([g.values[starts[name]!]!]);
      optimizer.step({
        parameter: (name) => (flat ? { slab: x, start: starts[name]! } : separate.get(name)![0]!),
        gradient: (name) => {
          if (name === skip) return undefined;
          return flat ? { slab: g, start: starts[name]! } : separate.get(name)![1]!;
        },
      });
    }
    return flat ? Array.from(x.values) : ['a', 'c', 'b'].map((name) => separate.get(name)![0]!.values[0]!);
  };
  expect(run(true)).toEqual(run(false));
});

test('unscaling, clipping by value, decay and the step are one run', () => {
  const { device, runs } = recordingDevice();
  const layout = createLayout([{ name: 'x', shape: [3] }]);
  const optimizer = sgd({ learningRate: 1, clipValue: 2, weightDecay: 0.5 }).create({ device, layout });
  const [x, g] = [device.alloc(3), device.alloc(3)];
  x.values.set([1, 1, 2]);
  g.values.set([8, 100, -100]);
  optimizer.step({ parameter: () => x, gradient: () => g, gradientScale: 0.125 });
  // 8 / 8 = 1 is within the bounds, 100 / 8 is not; then half of the parameter is added.
  expect([...x.values]).toEqual([1 - 1.5, 1 - 2.5, 2 + 1]);
  expect(runs).toEqual([3]);
});

test.each([
  ['lamb', lamb],
  ['lars', lars],
  ['adafactor', adafactor],
] as const)('%s clips by value as well', (_name, optimizer) => {
  const shapes = { kernel: [2, 2], bias: [2] };
  const clipped = train(optimizer({ clipValue: 1e-3 }), { shapes });
  const free = train(optimizer(), { shapes });
  for (let step = 0; step < 3; step++) {
    clipped.step();
    free.step();
  }
  expect(clipped.values()).not.toEqual(free.values());
});

test('lion leaves a weight without gradient where it is; DeepSpeed moves it by the learning rate', () => {
  const device = createArrayDevice();
  const layout = createLayout([{ name: 'x', shape: [3] }]);
  const optimizer = lion({ learningRate: 0.1 }).create({ device, layout });
  const [x, g] = [device.alloc(3), device.alloc(3)];
  x.values.set([1, 1, 1]);
  g.values.set([0, 2, -2]);
  optimizer.step({ parameter: () => x, gradient: () => g });
  expect([...x.values]).toEqual([1, Math.fround(1 - Math.fround(0.1)), Math.fround(1 + Math.fround(0.1))]);
});

test('centered rmsprop stays finite where the variance rounds to less than 0', () => {
  const device = createArrayDevice();
  const layout = createLayout([{ name: 'x', shape: [4] }]);
  const optimizer = rmsprop({ centered: true, alpha: 0.1, eps: 1e-3 }).create({ device, layout });
  const [x, g] = [device.alloc(4), device.alloc(4)];
  for (let step = 0; step < 50; step++) {
    g.values.set([0.1353352814912796, 1.7, 3.3, 1e-3]);
    optimizer.step({ parameter: () => x, gradient: () => g });
    expect([...x.values].every(Number.isFinite)).toBe(true);
  }
});

test('lars follows its formula', () => {
  const device = createArrayDevice({ precision: 'float64' });
  const layout = createLayout([
    { name: 'x', shape: [2] },
    { name: 'zero', shape: [2] },
  ]);
  const options = { learningRate: 2, momentum: 0.5, weightDecay: 0.25, trustCoefficient: 0.5, eps: 0 };
  const optimizer = lars(options).create({ device, layout });
  const slabs = { x: device.alloc(2), zero: device.alloc(2) };
  const gradients = { x: device.alloc(2), zero: device.alloc(2) };
  slabs.x.values.set([3, 4]);
  let expected = [3, 4];
  let buffer = [0, 0];
  for (const gradient of [
    [0, 2],
    [1, -1],
    [0.5, 3],
  ]) {
    gradients.x.values.set(gradient);
    gradients.zero.values.set([1, 1]);
    optimizer.step({
      parameter: (name) => slabs[name as 'x'],
      gradient: (name) => gradients[name as 'x'],
    });
    const norm = Math.hypot(...expected);
    const ratio = (0.5 * norm) / (Math.hypot(...gradient) + 0.25 * norm);
    buffer = buffer.map((b, i) => 0.5 * b + ratio * (gradient[i]! + 0.25 * expected[i]!));
    expected = expected.map((p, i) => p - 2 * buffer[i]!);
    for (const [i, value] of expected.entries()) expect(slabs.x.values[i]).toBeCloseTo(value, 12);
  }
  // A parameter of zeros has no norm to trust: a plain step, then a ratio of its own.
  expect(slabs.zero.values[0]).toBeLessThan(0);
});

test("lamb's trust ratio is 1 for a parameter of zeros, and clamped for others", () => {
  const device = createArrayDevice({ precision: 'float64' });
  const layout = createLayout([{ name: 'x', shape: [2] }]);
  const step = (start: readonly number[], options: Parameters<typeof lamb>[0]): number => {
    const optimizer = lamb({ learningRate: 1, biasCorrection: false, ...options }).create({ device, layout });
    const [x, g] = [device.alloc(2), device.alloc(2)];
    x.values.set(start);
    g.values.set([1, 1]);
    optimizer.step({ parameter: () => x, gradient: () => g });
    return start[0]! - x.values[0]!;
  };
  const direction = 0.1 / (Math.sqrt(0.001) + 1e-8);
  expect(step([0, 0], {})).toBeCloseTo(direction, 10);
  expect(step([direction * 3, direction * 3], {})).toBeCloseTo(direction * 3, 10);
  expect(step([direction * 30, direction * 30], {})).toBeCloseTo(direction * 10, 8);
  expect(step([direction * 3, direction * 3], { maxCoefficient: 2 })).toBeCloseTo(direction * 2, 10);
  expect(step([direction / 1e4, direction / 1e4], {})).toBeCloseTo(direction / 100, 10);
});

test('adafactor takes leading dimensions as a batch of matrices', () => {
  const numbers = numbersFor('batch', 12, 1);
  const whole = train(adafactor(), { shapes: { w: [2, 2, 3] }, initial: { w: numbers } });
  whole.step();
  expect(whole.optimizer.stateBytesPerElement).toBe((4 * (2 * 2 + 2 * 3)) / 12);
});

test('state takes the bytes that the documentation says', () => {
  const shapes = { w: [10, 10] };
  const bytes = (definition: ReturnType<typeof adam>): number =>
    train(definition, { shapes }).optimizer.stateBytesPerElement;
  expect(bytes(adam())).toBe(8);
  expect(bytes(adam({ amsgrad: true }))).toBe(12);
  expect(bytes(sgd())).toBe(0);
  expect(bytes(sgd({ momentum: 0.9 }))).toBe(4);
  expect(bytes(rmsprop({ centered: true, momentum: 0.9 }))).toBe(12);
  expect(bytes(adadelta())).toBe(8);
  expect(bytes(adafactor())).toBe(0.8);
});

test('a chain of one makes the optimizer that has a name', () => {
  const mine = customOptimizer({
    type: 'MyAdamW',
    transform: chain(scaleByAdam, addDecayedWeights, scaleByLearningRate),
    hyperparameters: { betas: [0.9, 0.999] as [number, number], eps: 1e-8 },
    scalars: (group, step) => ({
      ...adamScalars(group, step),
      weightDecay: group.weightDecay,
      learningRate: group.lr,
    }),
  });
  const own = train(mine({ weightDecay: 0.01 }));
  const named = train(adamW());
  for (let step = 0; step < 3; step++) {
    own.step();
    named.step();
  }
  expect(own.optimizer.type).toBe('MyAdamW');
  expect(own.values()).toEqual(named.values());
});
