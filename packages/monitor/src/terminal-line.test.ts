import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainLine } from './plain-line.ts';
import type { ProgressState } from './progress-state.ts';
import { terminalLine } from './terminal-line.ts';

const state: ProgressState = {
  step: 120,
  total: 1000,
  metrics: { loss: 2.3456, lr: 3e-4, epoch: '1/2' },
  rate: { unit: 'tokens', perSecond: 12_345 },
  elapsedSeconds: 34,
  secondsLeft: 250,
};

describe('plainLine', () => {
  it('says everything', () => {
    expect(plainLine(state)).toBe(
      'step 120/1000 (12%)  loss 2.346  lr 3.000e-4  epoch 1/2  12.3k tokens/s  0:34 elapsed  4:10 left',
    );
  });

  it('leaves out what is not known', () => {
    const { rate: _rate, secondsLeft: _left, ...early } = state;
    expect(plainLine({ ...early, metrics: {} })).toBe('step 120/1000 (12%)  0:34 elapsed');
  });
});

describe('terminalLine', () => {
  // The bar is as long as there is room: 12% of its halves, rounded down, are drawn.
  it.each([
    [200, 30, '━━━╸', '  loss 2.346  lr 3.000e-4  epoch 1/2  12.3k tokens/s  0:34 elapsed  4:10 left'],
    [100, 8, '╸', '  loss 2.346  lr 3.000e-4  epoch 1/2  12.3k tokens/s  0:34 elapsed  4:10 left'],
    [99, 21, '━━╸', '  loss 2.346  lr 3.000e-4  epoch 1/2  12.3k tokens/s  4:10 left'],
    [80, 18, '━━', '  loss 2.346  lr 3.000e-4  epoch 1/2  4:10 left'],
    [60, 9, '━', '  loss 2.346  lr 3.000e-4  4:10 left'],
    [46, 8, '╸', '  loss 2.346  4:10 left'],
    [45, 18, '━━', '  loss 2.346'],
    [24, 9, '━', ''],
    [23, 8, '╸', ''],
  ])('in %d columns has a bar of %d', (width, length, drawn, rest) => {
    expect(terminalLine(state, width, false)).toBe(` 120/1000  12% ${drawn.padEnd(length)}${rest}`);
  });

  it('without room for a bar has the count', () => {
    expect(terminalLine(state, 22, false)).toBe(' 120/1000  12%');
    expect(terminalLine(state, 5, false)).toBe(' 120/');
  });

  it('has a full green bar at the end, a cyan one before', () => {
    const short = { step: 2, total: 4, metrics: {}, elapsedSeconds: 1 };
    expect(terminalLine(short, 25, true)).toBe(
      '2/4  50% \u001B[36m━━━━━━━━\u001B[0m\u001B[2m━━━━━━━━\u001B[0m',
    );
    expect(terminalLine({ ...short, step: 5 }, 25, true)).toBe(
      '5/4 100% \u001B[32m━━━━━━━━━━━━━━━━\u001B[0m\u001B[2m\u001B[0m',
    );
  });

  it('never exceeds the width, and says 100% only at the end', () => {
    fc.assert(
      fc.property(
        fc.nat(2000),
        fc.integer({ min: 1, max: 1500 }),
        fc.integer({ min: 1, max: 200 }),
        (step, total, width) => {
          const line = terminalLine({ ...state, step, total }, width, false);
          expect(line.length).toBeLessThanOrEqual(width);
          expect(plainLine({ ...state, step, total }).includes('(100%)')).toBe(step >= total);
        },
      ),
    );
  });
});
