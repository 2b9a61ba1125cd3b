import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as api from '../index.ts';
import { SchedulerError } from '../error.ts';
import type { Schedule } from '../schedule.ts';

const lr = fc.double({ min: 1e-8, max: 10, noNaN: true });
const steps = fc.integer({ min: 1, max: 500 });
const after = fc.constantFrom<api.PastTheEnd>('hold', 'zero', 'restart');

/** Every schedule with arbitrary valid options. */
const schedules: Readonly<Record<string, fc.Arbitrary<Schedule>>> = {
  constant: lr.map(api.constant),
  linear: fc
    .tuple(lr, steps, lr, after)
    .map(([from, n, end, then]) => api.linear(from, { steps: n, end, after: then })),
  cosine: fc
    .tuple(lr, steps, lr, after)
    .map(([from, n, end, then]) => api.cosine(from, { steps: n, end, after: then })),
  cosineRestarts: fc
    .tuple(lr, steps, fc.integer({ min: 1, max: 3 }))
    .map(([from, n, growth]) => api.cosineRestarts(from, { steps: n, growth, decay: 0.9 })),
  step: fc.tuple(lr, steps).map(([from, every]) => api.step(from, { every })),
  multiStep: fc.tuple(lr, fc.array(steps)).map(([from, milestones]) => api.multiStep(from, { milestones })),
  exponential: fc.tuple(lr, steps).map(([from, every]) => api.exponential(from, { factor: 0.5, every })),
  polynomial: fc
    .tuple(lr, steps, fc.double({ min: 0.1, max: 5, noNaN: true }))
    .map(([from, n, power]) => api.polynomial(from, { steps: n, power })),
  inverseSqrt: fc.tuple(lr, steps).map(([from, timescale]) => api.inverseSqrt(from, { timescale })),
  warmup: fc
    .tuple(lr, steps, fc.constantFrom<api.WarmupShape>('linear', 'log'))
    .map(([from, n, shape]) => api.warmup(from, { steps: n, shape })),
  warmupStableDecay: fc
    .tuple(lr, steps, fc.constantFrom<api.DecayShape>('linear', 'cosine', 'sqrt'))
    .map(([peak, n, decay]) =>
      api.warmupStableDecay(peak, { warmupSteps: n, stableSteps: n, decaySteps: n, decay }),
    ),
  oneCycle: fc
    .tuple(
      lr,
      steps,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom('cosine' as const, 'linear' as const),
    )
    .map(([peak, n, rise, shape]) => api.oneCycle(peak, { steps: n, rise, shape })),
  stages: fc
    .tuple(lr, steps, steps)
    .map(([from, first, n]) =>
      api.stages([{ steps: first, schedule: from }, { schedule: api.cosine(from, { steps: n }) }]),
    ),
};

describe.each(Object.entries(schedules))('%s', (_, arbitrary) => {
  test('gives a finite learning rate >= 0 at every step', () => {
    fc.assert(
      fc.property(arbitrary, fc.nat({ max: 5000 }), (schedule, at) => {
        const value = schedule(at);
        return Number.isFinite(value) && value >= 0;
      }),
    );
  });

  test('refuses steps that are not non-negative integers', () => {
    const [schedule] = fc.sample(arbitrary, { numRuns: 1, seed: 7 });
    for (const at of [-1, 0.5, NaN, Infinity, '3' as unknown as number]) {
      expect(() => schedule!(at)).toThrow(/the step must be a non-negative integer/u);
    }
  });
});

const wrong: readonly (readonly [string, () => unknown, RegExp])[] = [
  ['negative lr', () => api.constant(-1), /constant: 'lr' must be a finite number >= 0, got -1/u],
  ['NaN lr', () => api.cosine(NaN, { steps: 3 }), /'lr' must be .*, got NaN/u],
  ['no steps', () => api.linear(1, { steps: 0 }), /linear: 'steps' must be a positive integer, got 0/u],
  ['fractional steps', () => api.cosine(1, { steps: 2.5 }), /'steps' must be a positive integer, got 2.5/u],
  ['missing steps', () => api.polynomial(1, {} as api.PolynomialOptions), /'steps' must be .*, got nothing/u],
  [
    'missing options',
    () => api.step(1, undefined as unknown as api.StepOptions),
    /expected an options object/u,
  ],
  ['milestone', () => api.multiStep(1, { milestones: [3, -1] }), /'milestones\[1\]' must be .*, got -1/u],
  ['growth', () => api.cosineRestarts(1, { steps: 3, growth: 1.5 }), /'growth' must be a positive integer/u],
  ['power', () => api.polynomial(1, { steps: 3, power: 0 }), /'power' must be a finite number > 0/u],
  ['rise', () => api.oneCycle(1, { steps: 3, rise: 1.1 }), /'rise' must be a number between 0 and 1/u],
  [
    'divisor',
    () => api.oneCycle(1, { steps: 3, startDivisor: 0 }),
    /'startDivisor' must be a finite number >= 1/u,
  ],
  [
    'misspelt option',
    () => api.cosine(1, { steps: 3, ende: 1 } as api.CosineOptions),
    /cosine: unknown option 'ende'. Did you mean 'end'\? It takes: steps, end, after/u,
  ],
  [
    'misspelt choice',
    () => api.linear(1, { steps: 3, after: 'holds' as 'hold' }),
    /'after' must be one of 'hold', 'zero', 'restart', got 'holds' \(string\). Did you mean 'hold'\?/u,
  ],
  ['warm-up shape', () => api.warmup(1, { steps: 3, shape: 'lin' as 'linear' }), /'shape' must be one of/u],
  ['no stages', () => api.stages([]), /stages: expected a list of at least one/u],
  [
    'stage without steps',
    () => api.stages([{ schedule: 1 }, { schedule: 2 }]),
    /stages\[0\]: 'steps' must be/u,
  ],
  ['stage without schedule', () => api.stages([{} as api.Stage]), /learningRate must be .*, got nothing/u],
];

test.each(wrong)('refuses: %s', (_, make, message) => {
  expect(make).toThrow(SchedulerError);
  expect(make).toThrow(message);
});
