import { createLayout } from '@ds/tensor';
import type { ArrayDevice, ArraySlab } from '@ds/tensor/testing';
import { createArrayDevice } from '@ds/tensor/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelShapes, numbersFor, train } from '../test/harness.ts';
import { isMuonMatrix, muon } from './index.ts';

/** Takes one step from 0 with learning rate 1, so that minus the parameter is the scaled orthogonal update. */
function firstUpdate(
  shape: readonly number[],
  gradient: readonly number[],
  options: Parameters<typeof muon>[0] = {},
): number[] {
  const device: ArrayDevice = createArrayDevice({ precision: 'float64' });
  const layout = createLayout([{ name: 'w', shape }]);
  const optimizer = muon({ learningRate: 1, ...options }).create({ device, layout });
  const parameter: ArraySlab = device.alloc(gradient.length);
  const slab = device.alloc(gradient.length);
  slab.values.set(gradient);
  optimizer.step({ parameter: () => parameter, gradient: () => slab });
  return [...parameter.values].map((value) => -value);
}

/** `X^T X` or `X X^T`, whichever is smaller, row-major. */
function gramMatrix(values: readonly number[], rows: number, columns: number): number[][] {
  const at = (r: number, c: number): number => values[r * columns + c]!;
  const side = Math.min(rows, columns);
  const inner = Math.max(rows, columns);
  const item = (i: number, k: number): number => (rows <= columns ? at(i, k) : at(k, i));
  return Array.from({ length: side }, (_, i) =>
    Array.from({ length: side }, (__, j) => {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += item(i, k) * item(j, k);
      return sum;
    }),
  );
}

const transpose = (values: readonly number[], rows: number, columns: number): number[] =>
  Array.from({ length: values.length }, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);

const closeTo = (given: readonly number[], wanted: readonly number[], tolerance: number): void => {
  expect(given).toHaveLength(wanted.length);
  const distance = Math.max(...given.map((value, i) => Math.abs(value - wanted[i]!)));
  expect(distance).toBeLessThan(tolerance);
};

describe('Newton-Schulz', () => {
  test.each([
    [4, 9],
    [9, 4],
    [5, 5],
    [1, 6],
  ])('makes a %i x %i matrix nearly orthogonal', (rows, columns) => {
    const gradient = numbersFor('w', rows * columns, 1);
    const scale = Math.sqrt(Math.max(1, rows / columns));
    const update = firstUpdate([rows, columns], gradient, { newtonSchulzSteps: 10 }).map((x) => x / scale);
    const gram = gramMatrix(update, rows, columns);
    // Jordan's coefficients leave singular values between about 0.7 and 1.2.
    const diagonal = gram.map((row, i) => row[i]!);
    expect(Math.min(...diagonal)).toBeGreaterThan(0.4);
    expect(Math.max(...diagonal)).toBeLessThan(1.5);
    const others = gram.flatMap((row, i) => row.filter((_, j) => j !== i));
    expect(Math.max(0, ...others.map(Math.abs))).toBeLessThan(0.4);
  });

  test('coefficients that converge make it exactly orthogonal', () => {
    const update = firstUpdate([4, 6], numbersFor('w', 24, 1), {
      newtonSchulzCoefficients: [1.875, -1.25, 0.375],
      newtonSchulzSteps: 40,
      newtonSchulz: 'standard',
    });
    const identity = gramMatrix(update, 4, 6);
    closeTo(
      identity.flat(),
      identity.flatMap((row, i) => row.map((_, j) => (i === j ? 1 : 0))),
      1e-9,
    );
  });

  test('the gram method gives what the standard one does, at any size and number of steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
        (rows, columns, newtonSchulzSteps) => {
          const gradient = numbersFor(`${rows}x${columns}`, rows * columns, 1);
          const [gram, standard] = (['gram', 'standard'] as const).map((newtonSchulz) =>
            firstUpdate([rows, columns], gradient, { newtonSchulz, newtonSchulzSteps }),
          );
          closeTo(gram!, standard!, 1e-8);
        },
      ),
    );
  });

  test('a transposed kernel gets the transposed update, when the output axis says so', () => {
    const gradient = numbersFor('w', 40, 1);
    const first = firstUpdate([8, 5], gradient);
    const last = firstUpdate([5, 8], transpose(gradient, 8, 5), { outputAxis: 'last' });
    closeTo(last, transpose(first, 8, 5), 1e-12);
    // Without it only the scale differs: sqrt(8 / 5).
    const unscaled = firstUpdate([5, 8], transpose(gradient, 8, 5));
    closeTo(
      unscaled.map((x) => x * Math.sqrt(8 / 5)),
      last,
      1e-12,
    );
  });

  test('a convolution kernel is flattened to its outputs by everything else', () => {
    const gradient = numbersFor('w', 48, 1);
    expect(firstUpdate([4, 3, 2, 2], gradient)).toEqual(firstUpdate([4, 12], gradient));
    expect(firstUpdate([2, 2, 3, 4], gradient, { outputAxis: 'last' })).toEqual(
      firstUpdate([12, 4], gradient, { outputAxis: 'last' }),
    );
  });

  test('a gradient of zeros moves nothing', () => {
    expect(firstUpdate([2, 3], [0, 0, 0, 0, 0, 0]).every((x) => x === 0)).toBe(true);
  });
});

describe('division of parameters', () => {
  test('is that of DeepSpeed', () => {
    const layout = createLayout(Object.entries(modelShapes).map(([name, shape]) => ({ name, shape })));
    expect(layout.entries.filter(isMuonMatrix).map(({ name }) => name)).toEqual([
      'dense/kernel',
      'conv/kernel',
      'tall/kernel',
      'square/kernel',
    ]);
    expect(isMuonMatrix({ ...layout.entries[0]!, name: 'lm_head/kernel' })).toBe(false);
  });

  test('makes two groups with rates of their own, which can be overridden', () => {
    const { optimizer } = train(muon({ learningRate: 0.5, adamLearningRate: 0.25 }));
    expect(optimizer.paramGroups).toMatchObject([
      { parameters: ['dense/kernel', 'conv/kernel', 'tall/kernel', 'square/kernel'], lr: 0.5 },
      { parameters: ['dense/bias', 'embed/table', 'temperature'], lr: 0.25 },
    ]);
    const custom = train(
      muon({
        useMuon: ({ name }) => name !== 'conv/kernel',
        groups: [{ parameters: ['square/kernel'], useMuon: false }],
      }),
    );
    expect(custom.optimizer.paramGroups.map(({ parameters }) => parameters)).toEqual([
      ['square/kernel'],
      ['dense/kernel', 'tall/kernel', 'embed/table'],
      ['dense/bias', 'conv/kernel', 'temperature'],
    ]);
  });

  test('a vector is never a matrix', () => {
    const { optimizer } = train(muon({ useMuon: true }), { shapes: { bias: [3] } });
    expect(optimizer.paramGroups).toMatchObject([{ parameters: ['bias'], useMuon: false }]);
  });
});

test('scratch is one copy of the largest matrix and 2 or 5 squares of its shorter side', () => {
  const bytes = (newtonSchulz: 'gram' | 'standard'): number => {
    const device = createArrayDevice();
    const layout = createLayout([{ name: 'w', shape: [3, 10] }]);
    muon({ newtonSchulz }).create({ device, layout });
    return device.memory().bytes;
  };
  expect(bytes('standard')).toBe(4 * (30 + 30 + 2 * 9 + 1));
  expect(bytes('gram')).toBe(4 * (30 + 30 + 5 * 9 + 1));
});
