import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import { describe, expect, test } from 'vitest';
import { createLossScaler } from './create-loss-scaler.ts';
import type { NonFiniteGradient } from './describe-overflow.ts';
import { describeOverflow } from './describe-overflow.ts';
import { GradientOverflowError } from './gradient-overflow-error.ts';
import type { OverflowPolicyOptions } from './overflow-policy.ts';
import { createOverflowPolicy } from './overflow-policy.ts';

const infinite: NonFiniteGradient = { parameter: 'head.weight', value: Number.POSITIVE_INFINITY };

describe('a description', () => {
  test('tells NaN and infinite apart', () => {
    expect(describeOverflow({ step: 1, gradients: [infinite] })).toBe(
      'the gradient of "head.weight" is infinite',
    );
    expect(describeOverflow({ step: 1, gradients: [{ ...infinite, value: -Infinity }] })).toContain(
      'infinite',
    );
    expect(describeOverflow({ step: 1, gradients: [{ parameter: 'w', value: NaN }], scale: 8 })).toBe(
      'the gradient of "w" is NaN, at loss scale 8',
    );
  });

  test('names the first by micro-batch, then rank, then order, and counts both kinds', () => {
    const gradients = [
      { parameter: 'a', value: NaN, microBatch: 3, rank: 0 },
      { parameter: 'b', value: Infinity, microBatch: 2, rank: 1 },
      { parameter: 'c', value: Infinity, microBatch: 2, rank: 0 },
      { parameter: 'd', value: NaN, microBatch: 2, rank: 0 },
      { parameter: 'e', value: NaN, microBatch: 4, rank: 0 },
    ];
    expect(describeOverflow({ step: 1, gradients, scale: 1024 })).toBe(
      'the gradient of "c" is infinite (micro-batch 2, rank 0), the first of 5 that are not finite ' +
        '(3 NaN, 2 infinite), at loss scale 1024',
    );
  });

  test('knows gradients that are finite each, but not together', () => {
    expect(describeOverflow({ step: 1, gradients: [] })).toBe(
      'the gradients are too large for their norm to be computed',
    );
  });
});

describe('the policy', () => {
  test('skips by default, and counts', () => {
    const policy = createOverflowPolicy();
    expect(policy.overflowed({ step: 4, gradients: [infinite, { parameter: 'w', value: NaN }] })).toEqual({
      step: 4,
      message:
        'Step 4 was skipped: the gradient of "head.weight" is infinite, the first of 2 that are not finite ' +
        '(1 NaN, 1 infinite) (1 skipped in a row, 1 in all).',
      first: infinite,
      nans: 1,
      infinities: 1,
      inARow: 1,
      skipped: 1,
    });
    policy.applied();
    expect([policy.inARow, policy.skipped]).toEqual([0, 1]);
    expect(policy.overflowed({ step: 6, gradients: [] })).toMatchObject({ inARow: 1, skipped: 2 });
  });

  test('raises at once on request', () => {
    const policy = createOverflowPolicy({ onOverflow: 'raise' });
    const overflow = (): unknown => policy.overflowed({ step: 2, gradients: [infinite] });
    expect(overflow).toThrow(GradientOverflowError);
    expect(overflow).toThrow(
      'Step 2 was not applied: the gradient of "head.weight" is infinite. What to try:',
    );
  });

  test('stops after so many in a row, not in all', () => {
    const policy = createOverflowPolicy({ stopAfter: 3 });
    const overflow = (step: number): unknown => policy.overflowed({ step, gradients: [infinite] });
    overflow(1);
    overflow(2);
    policy.applied();
    overflow(4);
    overflow(5);
    let caught: unknown;
    try {
      overflow(6);
    } catch (error) {
      caught = error;
    }
    expect(GradientOverflowError.isInstance(caught)).toBe(true);
    const { message, report } = caught as GradientOverflowError;
    expect(message).toContain(
      'The last 3 steps were skipped, which is where "stopAfter" ends the run. In step 6,',
    );
    expect(report).toMatchObject({ step: 6, inARow: 3, skipped: 5, first: infinite });
  });

  test('ends what a static loss scale would skip for ever', () => {
    const scaler = createLossScaler({ loss_scale: 2 ** 24 });
    const policy = createOverflowPolicy({ stopAfter: 50 });
    const run = (): void => {
      for (let step = 1; step <= 1000; step++) {
        const { scale } = scaler.begin();
        policy.overflowed({ step, scale, gradients: [infinite] });
        scaler.update(true);
      }
    };
    expect(run).toThrow('In step 50, the gradient of "head.weight" is infinite, at loss scale 16777216');
  });

  test('refuses facts that are finite, and counts nothing', () => {
    const policy = createOverflowPolicy();
    expect(() => policy.overflowed({ step: 1, gradients: [infinite, { parameter: 'w', value: 3 }] })).toThrow(
      'overflowed() takes gradients that are not finite; that of "w" is 3.',
    );
    expect(policy.skipped).toBe(0);
  });

  test.each<[Readonly<Record<string, unknown>>, string]>([
    [{ onOverflow: 'stop' }, '"onOverflow" must be "skip" or "raise"; got "stop"'],
    [{ stopAfter: 0 }, '"stopAfter" must be a whole number, 1 or more; got 0.'],
    [{ onOverflow: 'raise', stopAfter: 3 }, 'with onOverflow "raise" the first overflow stops'],
  ])('%j is refused', (options, message) => {
    expect(() => createOverflowPolicy(options)).toThrow(InvalidArgumentError);
    expect(() => createOverflowPolicy(options)).toThrow(message);
  });

  test('names the nearest right option', () => {
    const create = (): unknown => createOverflowPolicy({ stop_after: 3 } as OverflowPolicyOptions);
    expect(create).toThrow(UnknownNameError);
    expect(create).toThrow('Did you mean "stopAfter"?');
  });
});
