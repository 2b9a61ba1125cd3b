export { decodeBfloat16, encodeBfloat16, roundToBfloat16 } from './bfloat16.ts';
export { createGradScaler } from './create-grad-scaler.ts';
export { createLossScaler } from './create-loss-scaler.ts';
export { describeOverflow } from './describe-overflow.ts';
export { decodeFloat16, encodeFloat16, roundToFloat16 } from './float16.ts';
export { decodeFloat8E4m3, decodeFloat8E5m2, encodeFloat8E4m3, encodeFloat8E5m2 } from './float8.ts';
export { GradientOverflowError } from './gradient-overflow-error.ts';
export { LossScaleError } from './loss-scale-error.ts';
export { createOverflowPolicy } from './overflow-policy.ts';

export type { GradScalerConfig } from './create-grad-scaler.ts';
export type { NonFiniteGradient, OverflowFacts } from './describe-overflow.ts';
export type { LossScaleConfig } from './loss-scale-config.ts';
export type { LossScaleFacts } from './loss-scale-error.ts';
export type {
  GradScalerState,
  LossScaleEvent,
  LossScaleEventKind,
  LossScaler,
  LossScalerOptions,
  LossScalerState,
  LossScaleUpdate,
  ScaledStep,
} from './loss-scaler.ts';
export type { OverflowPolicy, OverflowPolicyOptions, OverflowReport } from './overflow-policy.ts';
