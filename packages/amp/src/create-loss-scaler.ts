import { createDeepSpeedRule } from './deepspeed-scale-rule.ts';
import { guardScaler } from './guarded-scaler.ts';
import type { LossScaleConfig } from './loss-scale-config.ts';
import { resolveLossScale } from './loss-scale-config.ts';
import type { LossScaler, LossScalerOptions } from './loss-scaler.ts';

/**
 * Creates the loss scaler that the `fp16` section of a DeepSpeed configuration describes.
 *
 * Scales follow DeepSpeed 0.19.6 (`deepspeed/runtime/fp16/loss_scaler.py`), except that growth ends at
 * `max_loss_scale`, and an overflow never raises the scale.
 *
 * @param config the section as it stands; an empty one is a dynamic scale that starts at 65536.
 * @throws UnknownNameError for a key there is not, with the nearest right one; InvalidArgumentError for a value.
 *
 * @example
 * const scaler = createLossScaler({ initial_scale_power: 4, hysteresis: 1 });
 * const { scale, inverse } = scaler.begin(); // 16 and 1 / 16, for the loss and for its gradients
 * scaler.update(true); // { skipped: true, scale: 8, event: { kind: 'reduced', ... } }
 */
export function createLossScaler(config: LossScaleConfig = {}, options: LossScalerOptions = {}): LossScaler {
  return guardScaler(createDeepSpeedRule(resolveLossScale(config)), options);
}
