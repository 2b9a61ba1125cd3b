import { InvalidArgumentError } from '@ds/tensor';
import type { Check } from './check-keys.ts';
import { checkKeys, flag, scale, whole } from './check-keys.ts';
import { largestScale } from './scale-rule.ts';

/** The `fp16` section of a DeepSpeed configuration, as it stands there. */
export interface LossScaleConfig {
  /** `false` gives a static scale of 1. Default: true, since you ask for a scaler. */
  readonly enabled?: boolean;
  /** Accepted, and nothing to do with the scale. */
  readonly auto_cast?: boolean;
  /** Accepted, and nothing to do with the scale. */
  readonly fp16_master_weights_and_grads?: boolean;
  /** A static scale; 0 (default) means a dynamic one, which the other keys are for. */
  readonly loss_scale?: number;
  /** The first scale is 2 to this power. Default 16. */
  readonly initial_scale_power?: number;
  /** The scale doubles after this many steps without overflow (one more before the first time). Default 1000. */
  readonly loss_scale_window?: number;
  /** The scale halves at this many overflows; 0 is taken for 1. Default 2. */
  readonly hysteresis?: number;
  /** Whether every step without overflow restores the hysteresis (default: only growth does). */
  readonly consecutive_hysteresis?: boolean;
  /** The scale is not halved below this. Default 1. */
  readonly min_loss_scale?: number;
  /** The scale does not begin or grow beyond this; not a key of DeepSpeed. Default 2 ** 126, the largest useful one. */
  readonly max_loss_scale?: number;
}

/** A configuration with defaults filled in. */
export interface ResolvedLossScale {
  readonly dynamic: boolean;
  readonly initial: number;
  readonly window: number;
  readonly hysteresis: number;
  readonly consecutive: boolean;
  readonly minimum: number;
  readonly maximum: number;
}

const checks: Readonly<Record<keyof LossScaleConfig, Check>> = {
  enabled: flag,
  auto_cast: flag,
  fp16_master_weights_and_grads: flag,
  loss_scale: {
    expected: `0 for a dynamic scale, or ${scale.expected}`,
    accepts: (value) => value === 0 || scale.accepts(value),
  },
  initial_scale_power: whole(0, 126),
  loss_scale_window: whole(1),
  hysteresis: whole(0),
  consecutive_hysteresis: flag,
  min_loss_scale: scale,
  max_loss_scale: scale,
};

/**
 * Checks an `fp16` section and fills in DeepSpeed's defaults.
 *
 * @throws UnknownNameError for a key there is not, with the nearest right one; InvalidArgumentError for a value.
 */
export function resolveLossScale(config: LossScaleConfig): ResolvedLossScale {
  checkKeys('fp16', config, checks);
  const minimum = Math.fround(config.min_loss_scale ?? 1);
  const maximum = config.max_loss_scale ?? largestScale;
  if (maximum < minimum) {
    throw new InvalidArgumentError(
      `fp16: "max_loss_scale" is ${maximum}, below "min_loss_scale", which is ${minimum}. Exchange them, or leave one out.`,
    );
  }
  const constant = config.enabled === false ? 1 : (config.loss_scale ?? 0);
  return {
    dynamic: constant === 0,
    // What a device multiplies by is a float32; so is the number it is divided by again.
    initial:
      constant === 0 ? Math.min(2 ** (config.initial_scale_power ?? 16), maximum) : Math.fround(constant),
    window: config.loss_scale_window ?? 1000,
    hysteresis: config.hysteresis ?? 2,
    consecutive: config.consecutive_hysteresis ?? false,
    minimum,
    maximum,
  };
}
