import { describe, expect, it } from 'vitest';
import { createMovingRate } from './moving-rate.ts';

describe('createMovingRate', () => {
  it('knows nothing before time has passed', () => {
    const rate = createMovingRate(1000, 5);
    expect(rate.perSecond()).toBeUndefined();
    rate.note(1000, 6);
    expect(rate.perSecond()).toBeUndefined();
  });

  it('is exact for a steady pace, however uneven the notes', () => {
    const rate = createMovingRate(0, 100);
    for (const time of [10, 15, 900, 4000, 4001, 31_000, 95_000]) {
      rate.note(time, 100 + time / 50);
      expect(rate.perSecond()).toBeCloseTo(20, 10);
    }
  });

  it('forgets a slow start once the window has passed it', () => {
    const rate = createMovingRate(0, 0, { windowSeconds: 10, samples: 10 });
    rate.note(8000, 1); // The first step compiled for 8 s.
    for (let step = 2; step <= 21; step++) rate.note(8000 + (step - 1) * 100, step);
    expect(rate.perSecond()).toBeCloseTo(2.1, 10); // 21 steps in 10 s
    for (let step = 22; step <= 101; step++) rate.note(8000 + (step - 1) * 100, step);
    expect(rate.perSecond()).toBeCloseTo(10, 10);
  });
});
