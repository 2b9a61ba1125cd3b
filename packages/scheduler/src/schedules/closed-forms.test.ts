import { expect, test } from 'vitest';
import { constant } from './constant.ts';
import { cosineRestarts } from './cosine-restarts.ts';
import { cosine } from './cosine.ts';
import { exponential } from './exponential.ts';
import { inverseSqrt } from './inverse-sqrt.ts';
import { linear } from './linear.ts';
import { multiStep } from './multi-step.ts';
import { oneCycle } from './one-cycle.ts';
import { polynomial } from './polynomial.ts';
import { step } from './step.ts';
import { warmupStableDecay } from './warmup-stable-decay.ts';
import type { Schedule } from '../schedule.ts';

/** Values worked out by hand from the formulas in the docstrings; 1e-14 absolute is a few roundings. */
function expectValues(schedule: Schedule, values: Readonly<Record<number, number>>): void {
  for (const [at, value] of Object.entries(values)) {
    expect(Math.abs(schedule(Number(at)) - value), `step ${at}: ${schedule(Number(at))}`).toBeLessThan(1e-14);
  }
}

test('constant', () => expectValues(constant(0.25), { 0: 0.25, 1e6: 0.25 }));

test('linear', () => {
  expectValues(linear(1, { steps: 4 }), { 0: 1, 1: 0.75, 3: 0.25, 4: 0, 9: 0 });
  expectValues(linear(0.1, { steps: 4, end: 0.5 }), { 0: 0.1, 2: 0.3, 4: 0.5, 5: 0.5 });
});

test('cosine', () => {
  expectValues(cosine(1, { steps: 6, end: 0.5 }), { 0: 1, 2: 0.875, 3: 0.75, 4: 0.625, 6: 0.5, 7: 0.5 });
});

test('cosine restarts', () => {
  const schedule = cosineRestarts(1, { steps: 2, growth: 2, decay: 0.5 });
  expectValues(schedule, {
    0: 1,
    1: 0.5,
    2: 0.5,
    4: 0.25,
    6: 0.25,
    10: 0.125,
    12: 0.125 * (1 - Math.SQRT1_2),
    14: 0.125,
  });
});

test('step', () => expectValues(step(1, { every: 3, factor: 0.5 }), { 0: 1, 2: 1, 3: 0.5, 5: 0.5, 6: 0.25 }));

test('multi-step', () => {
  const schedule = multiStep(1, { milestones: [5, 2, 5], factor: 0.5 });
  expectValues(schedule, { 0: 1, 1: 1, 2: 0.5, 4: 0.5, 5: 0.125, 99: 0.125 });
});

test('exponential', () => {
  const schedule = exponential(1, { factor: 0.25, every: 2, end: 0.05 });
  expectValues(schedule, { 0: 1, 1: 0.5, 2: 0.25, 3: 0.125, 4: 0.0625, 5: 0.05, 50: 0.05 });
});

test('polynomial', () => {
  expectValues(polynomial(1, { steps: 4, power: 2, end: 0.2 }), { 0: 1, 2: 0.4, 3: 0.25, 4: 0.2, 8: 0.2 });
});

test('inverse square root', () => {
  expectValues(inverseSqrt(1, { timescale: 3 }), { 0: 1, 1: Math.sqrt(0.75), 9: 0.5, 45: 0.25 });
});

test('warm-up, stable, decay', () => {
  const schedule = warmupStableDecay(1, { warmupSteps: 3, stableSteps: 2, decaySteps: 4, end: 0.2 });
  expectValues(schedule, { 0: 0.25, 1: 0.5, 2: 0.75, 3: 1, 5: 1, 6: 0.8, 7: 0.6, 8: 0.4, 9: 0.2, 10: 0.2 });
  const sqrt = warmupStableDecay(1, { stableSteps: 0, decaySteps: 4, decay: 'sqrt' });
  expectValues(sqrt, { 0: 1, 1: 0.5, 4: 0 });
  const wave = warmupStableDecay(1, { stableSteps: 1, decaySteps: 2, decay: 'cosine' });
  expectValues(wave, { 0: 1, 1: 1, 2: 0.5, 3: 0 });
});

test('one cycle', () => {
  const schedule = oneCycle(1, { steps: 10, rise: 0.4, startDivisor: 5, endDivisor: 2, shape: 'linear' });
  expectValues(schedule, { 0: 0.2, 1: 0.4, 3: 0.8, 4: 1, 7: 0.55, 10: 0.1, 11: 0.1 });
  expectValues(oneCycle(1, { steps: 4, rise: 1, startDivisor: 2 }), { 0: 0.5, 2: 0.75, 4: 1, 5: 1 });
  expectValues(oneCycle(1, { steps: 4, rise: 0 }), { 0: 1, 2: (1 + 1 / 25e4) / 2 });
});

test('past the end: hold, zero or restart', () => {
  expectValues(linear(1, { steps: 4, end: 0.5, after: 'hold' }), { 4: 0.5, 5: 0.5, 9: 0.5 });
  expectValues(linear(1, { steps: 4, end: 0.5, after: 'zero' }), { 4: 0.5, 5: 0, 9: 0 });
  expectValues(linear(1, { steps: 4, end: 0.5, after: 'restart' }), { 3: 0.625, 4: 1, 5: 0.875, 9: 0.875 });
});
