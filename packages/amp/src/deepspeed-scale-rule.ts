import { scale as scaleCheck, whole } from './check-keys.ts';
import type { ResolvedLossScale } from './loss-scale-config.ts';
import type { LossScalerState } from './loss-scaler.ts';
import { readState } from './read-state.ts';
import type { ScaleRule } from './scale-rule.ts';

/**
 * The rule of DeepSpeed's `DynamicLossScaler` (`deepspeed/runtime/fp16/loss_scaler.py`), and static scales.
 *
 * The scale doubles at the end of each whole window of steps since the last overflow, counted from the second such
 * step on, and halves at an overflow that exhausts the hysteresis.
 */
export function createDeepSpeedRule(settings: ResolvedLossScale): ScaleRule<LossScalerState> {
  const { dynamic, initial, window, hysteresis, consecutive, minimum, maximum } = settings;
  let scale = initial;
  let iteration = 0;
  let lastOverflow = -1;
  let tolerance = hysteresis;

  return {
    dynamic,
    get scale() {
      return scale;
    },
    get exhausted() {
      return dynamic && tolerance <= 1 && scale <= minimum;
    },
    grow() {
      const stable = iteration - lastOverflow - 1;
      iteration++;
      if (!dynamic) return;
      const endsWindow = stable > 0 && stable % window === 0;
      if (consecutive || endsWindow) tolerance = hysteresis;
      // A scale that was loaded can be above the maximum; growth does not lower it.
      if (endsWindow) scale = Math.max(scale, Math.min(scale * 2, maximum));
    },
    shrink() {
      lastOverflow = iteration++;
      if (!dynamic) return 'static';
      // At 0, which DeepSpeed would count down from for ever, as at 1.
      if (tolerance > 1) {
        tolerance--;
        return 'tolerated';
      }
      if (scale <= minimum) return 'minimum';
      scale = Math.max(scale / 2, minimum);
      return 'reduced';
    },
    stateDict: () => ({
      cur_scale: scale,
      cur_iter: iteration,
      last_overflow_iter: lastOverflow,
      cur_hysteresis: tolerance,
    }),
    loadStateDict(state) {
      const read = readState('A loss scaler', state);
      const saved = read('cur_scale', scaleCheck);
      const steps = read('cur_iter', whole(0));
      const overflow = read('last_overflow_iter', whole(-1, steps - 1));
      // DeepSpeed's stage 0 saves none, because it has no hysteresis.
      const left = read('cur_hysteresis', whole(0), hysteresis);
      if (dynamic) scale = saved;
      iteration = steps;
      lastOverflow = overflow;
      tolerance = Math.min(left, hysteresis);
    },
  };
}
