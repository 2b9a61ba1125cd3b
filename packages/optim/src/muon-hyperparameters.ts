import type { LayoutEntry } from '@ds/tensor';
import type { Hyperparameters } from './hyperparameters.ts';
import type { LearningRate } from './learning-rate.ts';

/**
 * Muon's matrices and its auxiliary Adam, as `muon` describes them.
 *
 * @example
 * const options: OptimizerOptions<MuonHyperparameters> = { updateScale: 'matchRmsAdamW', outputAxis: 'last' };
 */
export interface MuonHyperparameters extends Hyperparameters {
  /** Of the matrices: the size of an update in spectral norm. Default 0.02. */
  readonly learningRate: LearningRate;
  /** Of the parameters that Adam updates. Default 3e-4. */
  readonly adamLearningRate: LearningRate;
  /** Of the matrices; default 0.95. */
  readonly momentum: number;
  /** Default true. */
  readonly nesterov: boolean;
  /** Default `gram`, the cheaper one for matrices that are far from square. */
  readonly newtonSchulz: 'gram' | 'standard';
  /** Default 5. */
  readonly newtonSchulzSteps: number;
  /** Of the polynomial `a x + b x^3 + c x^5`; default `[3.4445, -4.775, 2.0315]`. */
  readonly newtonSchulzCoefficients: readonly [number, number, number];
  /** Default `original`: `sqrt(max(1, out / in))`; `matchRmsAdamW`: `0.2 sqrt(max(out, in))`. */
  readonly updateScale: 'original' | 'matchRmsAdamW';
  /** Where a kernel's outputs lie: `first` in PyTorch's (default), `last` in those of tfjs. */
  readonly outputAxis: 'first' | 'last';
  /** Of Adam; default `[0.9, 0.95]`. */
  readonly betas: readonly [number, number];
  /** Of Adam; default 1e-10. */
  readonly eps: number;
  /** Which parameters are matrices for Muon; default `isMuonMatrix`. */
  readonly useMuon: boolean | ((entry: LayoutEntry) => boolean);
}
