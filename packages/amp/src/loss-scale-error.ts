import { DsError } from '@ds/tensor';

/** The facts behind a `LossScaleError`. */
export interface LossScaleFacts {
  /** The scale, which is the minimum. */
  readonly scale: number;
  /** Steps since the scaler was made, this one included. */
  readonly steps: number;
  /** How many of these overflowed. */
  readonly overflows: number;
  /** The scales that came before, oldest first; at most the last 20. */
  readonly trail: readonly number[];
}

/** Gradients overflowed at the minimum loss scale: making the loss smaller does not help. */
export class LossScaleError extends DsError {
  static override readonly kind: string = 'LossScaleError';
  readonly facts: LossScaleFacts;

  constructor(facts: LossScaleFacts) {
    super(describe(facts));
    this.facts = facts;
  }
}

function describe({ scale, steps, overflows, trail }: LossScaleFacts): string {
  const lower = scale > 1 ? `lower the minimum, ${scale}; ` : '';
  return (
    `The gradients overflowed at the minimum loss scale, ${scale}, so scaling the loss less cannot help. ` +
    `${overflows} of ${steps} steps overflowed; the scale went ${[...trail, scale].join(' -> ')}. ` +
    `NaN or infinity arises in the loss or the model itself. What to try: ${lower}look at the loss and the inputs of ` +
    `this step for NaN; a lower learning rate, a longer warm-up or "gradient_clipping"; "bf16" instead of "fp16", ` +
    `which has the range of float32; float32 for the layers whose numbers exceed 65504 (often softmax, norms and the loss).`
  );
}
