import { InvalidArgumentError } from '@ds/tensor';
import { describe, expect, test } from 'vitest';
import { createGradScaler } from './create-grad-scaler.ts';
import type { GradScalerConfig } from './create-grad-scaler.ts';
import { LossScaleError } from './loss-scale-error.ts';
import type { GradScalerState, LossScaler } from './loss-scaler.ts';

const trace = (scaler: LossScaler<GradScalerState>, pattern: string): number[] =>
  Array.from(pattern, (each) => {
    scaler.begin();
    return scaler.update(each === 'o').scale;
  });

describe('a gradient scaler', () => {
  test('has the defaults of PyTorch', () => {
    const scaler = createGradScaler();
    expect(scaler.dynamic).toBe(true);
    expect(trace(scaler, '.'.repeat(1999)).at(-1)).toBe(65_536);
    expect(trace(scaler, '.o')).toEqual([131_072, 65_536]);
  });

  test('stays where float32 holds the scale and its reciprocal', () => {
    const high = createGradScaler({ init_scale: 2 ** 126, growth_interval: 1 });
    expect(trace(high, '..')).toEqual([2 ** 126, 2 ** 126]);
    const low = createGradScaler({ init_scale: 2 ** -125 });
    expect(trace(low, 'o')).toEqual([2 ** -126]);
    expect(() => trace(low, 'o')).toThrow(LossScaleError);
  });

  test('goes on where it was saved', () => {
    const config = { growth_interval: 3 };
    const scaler = createGradScaler(config);
    trace(scaler, 'o..');
    expect(scaler.stateDict()).toEqual({ scale: 32_768, _growth_tracker: 2 });
    const resumed = createGradScaler(config);
    // As PyTorch saves it: with its settings, which stay those of the scaler.
    resumed.loadStateDict({
      ...scaler.stateDict(),
      growth_interval: 2000,
      growth_factor: 2,
      backoff_factor: 0.5,
    });
    expect(trace(resumed, '.')).toEqual([65_536]);
  });

  test.each<[GradScalerConfig | Readonly<Record<string, unknown>>, string]>([
    [{ init_scale: 0 }, '"init_scale" must be a number from 2 ** -126 to 2 ** 126'],
    [{ growth_factor: 1 }, '"growth_factor" must be a finite number above 1; got 1.'],
    [{ backoff_factor: 1 }, '"backoff_factor" must be a number above 0 and below 1; got 1.'],
    [{ growth_interval: 0 }, '"growth_interval" must be a whole number, 1 or more; got 0.'],
    [{ growth_intervall: 5 }, 'Unknown GradScaler key "growth_intervall". Did you mean "growth_interval"?'],
  ])('%j is refused', (config, message) => {
    expect(() => createGradScaler(config)).toThrow(InvalidArgumentError);
    expect(() => createGradScaler(config)).toThrow(message);
  });

  test('a state that is none is refused', () => {
    const scaler = createGradScaler();
    expect(() => scaler.loadStateDict({ scale: 4 })).toThrow(
      '"_growth_tracker" must be a whole number, 0 or more',
    );
    expect(scaler.scale).toBe(65_536);
  });
});
