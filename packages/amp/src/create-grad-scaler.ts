import type { Check } from './check-keys.ts';
import { checkKeys, scale as scaleCheck, whole } from './check-keys.ts';
import { guardScaler } from './guarded-scaler.ts';
import type { GradScalerState, LossScaler, LossScalerOptions } from './loss-scaler.ts';
import { readState } from './read-state.ts';
import type { ScaleRule } from './scale-rule.ts';
import { largestScale, smallestScale } from './scale-rule.ts';

/** The arguments of PyTorch's `GradScaler`. */
export interface GradScalerConfig {
  /** The first scale. Default 65536. */
  readonly init_scale?: number;
  /** The scale is multiplied by this when it grows. Default 2. */
  readonly growth_factor?: number;
  /** The scale is multiplied by this at each overflow. Default 0.5. */
  readonly backoff_factor?: number;
  /** The scale grows after this many steps in a row without overflow. Default 2000. */
  readonly growth_interval?: number;
}

const checks: Readonly<Record<keyof GradScalerConfig, Check>> = {
  init_scale: scaleCheck,
  growth_factor: {
    expected: 'a finite number above 1',
    accepts: (value) => Number.isFinite(value) && (value as number) > 1,
  },
  backoff_factor: {
    expected: 'a number above 0 and below 1',
    accepts: (value) => typeof value === 'number' && value > 0 && value < 1,
  },
  growth_interval: whole(1),
};

/**
 * Creates the loss scaler of PyTorch's automatic mixed precision (`torch.amp.GradScaler`).
 *
 * Scales follow PyTorch 2.13 to the last bit of float32, except that they stay where float32 can hold them and their
 * reciprocals: from 2 ** -126, which is the minimum here, to 2 ** 126.
 *
 * @throws UnknownNameError for a key there is not, with the nearest right one; InvalidArgumentError for a value.
 *
 * @example
 * const scaler = createGradScaler({ growth_interval: 100 });
 * scaler.begin().scale; // 65536
 * scaler.update(true).scale; // 32768
 */
export function createGradScaler(
  config: GradScalerConfig = {},
  options: LossScalerOptions = {},
): LossScaler<GradScalerState> {
  checkKeys('GradScaler', config, checks);
  return guardScaler(createGradRule(config), options);
}

function createGradRule({
  init_scale: initial = 65_536,
  growth_factor: growth = 2,
  backoff_factor: backoff = 0.5,
  growth_interval: interval = 2000,
}: GradScalerConfig): ScaleRule<GradScalerState> {
  let scale = Math.fround(initial);
  let stable = 0;
  return {
    dynamic: true,
    get scale() {
      return scale;
    },
    get exhausted() {
      return scale <= smallestScale;
    },
    grow() {
      if (++stable < interval) return;
      scale = Math.fround(Math.min(scale * growth, largestScale));
      stable = 0;
    },
    shrink() {
      stable = 0;
      if (scale <= smallestScale) return 'minimum';
      scale = Math.max(Math.fround(scale * backoff), smallestScale);
      return 'reduced';
    },
    stateDict: () => ({ scale, _growth_tracker: stable }),
    loadStateDict(state) {
      const read = readState('A gradient scaler', state);
      const saved = read('scale', scaleCheck);
      const steps = read('_growth_tracker', whole(0));
      scale = Math.fround(saved);
      stable = steps;
    },
  };
}
