/** What one optimizer step did, for progress bars and monitors. */
export interface StepReport {
  /** Optimizer steps so far, this one and skipped ones included. */
  readonly step: number;
  /**
   * Mean loss of the step's micro-batches, unscaled. Listeners and `trainBatch` always have it; `undefined` in what
   * `engine.step()` and `flush()` return while nobody listens (`onStep`, `steps_per_print`, `ReduceLROnPlateau`), since
   * reading it would wait for the device.
   */
  readonly loss: number | undefined;
  /** Learning rate of the first parameter group in this step. */
  readonly lr: number;
  /** Norm of all gradients together, before clipping. */
  readonly gradNorm: number;
  /** True when the parameters stayed as they were, because the norm is not finite. */
  readonly skipped: boolean;
  /** Samples so far, over all ranks. */
  readonly samples: number;
  /** Wall-clock time since the step before ended; for the first, since its first forward pass began. */
  readonly seconds: number;
}

/** Told about every optimizer step; what it returns is waited for. */
export type StepListener = (report: StepReport) => void | Promise<void>;

/** A report as one line of text, as `steps_per_print` logs it. */
export function formatStepReport({
  step,
  loss,
  lr,
  gradNorm,
  skipped,
  samples,
  seconds,
}: StepReport): string {
  const skip = skipped ? ', skipped' : '';
  return (
    `step=${step}, loss=${loss === undefined ? 'unknown' : significant(loss)}, lr=${significant(lr)}, grad_norm=${significant(gradNorm)}, ` +
    `samples=${samples}, seconds=${seconds.toFixed(3)}${skip}`
  );
}

/** Four significant digits, without trailing zeros. */
function significant(value: number): string {
  return String(Number(value.toPrecision(4)));
}
