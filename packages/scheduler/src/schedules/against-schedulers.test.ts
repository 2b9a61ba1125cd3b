import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createScheduler } from '../create-scheduler.ts';
import type { Schedule } from '../schedule.ts';
import type { SchedulerConfig } from '../scheduler-config.ts';
import { cosineRestarts } from './cosine-restarts.ts';
import { cosine } from './cosine.ts';
import { exponential } from './exponential.ts';
import { linear } from './linear.ts';
import { multiStep } from './multi-step.ts';
import { polynomial } from './polynomial.ts';
import { step } from './step.ts';

/**
 * The plain schedules against PyTorch's schedulers, which the recorded runs hold in place. PyTorch multiplies
 * step by step: 1e-12 relative, or 1e-15 of the first lr where the cosine comes down to nothing.
 */
function expectEqual(schedule: Schedule, config: SchedulerConfig, lr: number, steps: number): void {
  const group = { lr };
  const scheduler = createScheduler({ paramGroups: [group] }, config);
  for (let at = 0; at <= steps; at++) {
    if (at > 0) scheduler.step();
    const difference = Math.abs(schedule(at) - group.lr);
    expect(difference, `step ${at}`).toBeLessThanOrEqual(1e-12 * group.lr + 1e-15 * lr);
  }
}

const lr = fc.double({ min: 1e-6, max: 1, noNaN: true });
const steps = fc.integer({ min: 2, max: 60 });
const gamma = fc.double({ min: 0.3, max: 0.99, noNaN: true });
const check = (run: (lr: number, steps: number, gamma: number) => void): void =>
  fc.assert(fc.property(lr, steps, gamma, run), { numRuns: 40 });

test('step is StepLR', () =>
  check((from, every, factor) =>
    expectEqual(
      step(from, { every, factor }),
      { type: 'StepLR', params: { step_size: every, gamma: factor } },
      from,
      200,
    ),
  ));

test('multiStep is MultiStepLR', () =>
  check((from, n, factor) => {
    const milestones = [n, 2 * n, 2 * n, 3 * n + 1];
    const config: SchedulerConfig = { type: 'MultiStepLR', params: { milestones, gamma: factor } };
    expectEqual(multiStep(from, { milestones, factor }), config, from, 200);
  }));

test('exponential is ExponentialLR', () =>
  check((from, _, factor) =>
    expectEqual(
      exponential(from, { factor }),
      { type: 'ExponentialLR', params: { gamma: factor } },
      from,
      200,
    ),
  ));

test('polynomial is PolynomialLR', () =>
  check((from, n, power) =>
    expectEqual(
      polynomial(from, { steps: n, power }),
      { type: 'PolynomialLR', params: { total_iters: n, power } },
      from,
      n + 5,
    ),
  ));

test('linear is LinearLR', () =>
  check((from, n, factor) =>
    expectEqual(
      linear(from * factor, { steps: n, end: from }),
      { type: 'LinearLR', params: { start_factor: factor, total_iters: n } },
      from,
      n + 5,
    ),
  ));

test('cosine is CosineAnnealingLR up to its end', () =>
  check((from, n, factor) =>
    expectEqual(
      cosine(from, { steps: n, end: from * factor }),
      { type: 'CosineAnnealingLR', params: { T_max: n, eta_min: from * factor } },
      from,
      n,
    ),
  ));

test('cosineRestarts is CosineAnnealingWarmRestarts', () =>
  check((from, n, factor) =>
    expectEqual(
      cosineRestarts(from, { steps: n, growth: 2, end: from * factor }),
      { type: 'CosineAnnealingWarmRestarts', params: { T_0: n, T_mult: 2, eta_min: from * factor } },
      from,
      300,
    ),
  ));
