import { DsError } from '@ds/tensor';
import type { OverflowReport } from './overflow-policy.ts';

/** Gradients were not finite, and the overflow policy says to stop. */
export class GradientOverflowError extends DsError {
  static override readonly kind: string = 'GradientOverflowError';
  readonly report: OverflowReport;

  constructor(message: string, report: OverflowReport) {
    super(message);
    this.report = report;
  }
}
