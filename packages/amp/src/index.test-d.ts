import { assertType, describe, expectTypeOf, test } from 'vitest';
import type { GradScalerState, LossScaleConfig, LossScaler, LossScalerState, ScaledStep } from './index.ts';
import { createGradScaler, createLossScaler, createOverflowPolicy, encodeFloat16 } from './index.ts';

describe('types', () => {
  test('the configuration takes the keys of the fp16 section and no others', () => {
    assertType<LossScaleConfig>({ enabled: true, loss_scale: 0, initial_scale_power: 16, hysteresis: 2 });
    // @ts-expect-error misspelt
    createLossScaler({ loss_scale_windw: 5 });
    // @ts-expect-error a number in quotes
    createLossScaler({ loss_scale_window: '5' });
  });

  test('each scaler saves its own state', () => {
    expectTypeOf(createLossScaler()).toEqualTypeOf<LossScaler>();
    expectTypeOf(createLossScaler().stateDict()).toEqualTypeOf<LossScalerState>();
    expectTypeOf(createGradScaler().stateDict()).toEqualTypeOf<GradScalerState>();
  });

  test('a step is read-only, and its overflow a boolean', () => {
    const step: ScaledStep = createLossScaler().begin();
    // @ts-expect-error a step keeps its scale
    step.scale = 1;
    // @ts-expect-error not awaited
    createLossScaler().update(Promise.resolve(true));
  });

  test('formats take their own arrays', () => {
    expectTypeOf(encodeFloat16).parameter(0).toEqualTypeOf<Float32Array>();
    // @ts-expect-error float64 would be rounded twice
    encodeFloat16(new Float64Array(1));
  });

  test('the policy knows two ways', () => {
    createOverflowPolicy({ onOverflow: 'skip', stopAfter: 3 });
    // @ts-expect-error neither
    createOverflowPolicy({ onOverflow: 'stop' });
  });
});
