/** A parameter's name, shape and first values, the same for every library. */
export interface FirstValues {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** One batch, in row-major order. */
export interface Batch {
  readonly input: { readonly shape: readonly number[]; readonly values: Float32Array | Int32Array };
  /** Class indices, one for each row of the output. */
  readonly target: { readonly shape: readonly number[]; readonly values: Int32Array };
}

/** What is trained. */
export type Workload = ({ readonly kind: 'mlp' } & MlpSize) | ({ readonly kind: 'gpt' } & GptSize);

export interface MlpSize {
  /** Input, hidden layers, output. */
  readonly widths: readonly number[];
  readonly batch: number;
}

export interface GptSize {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly context: number;
  readonly vocabulary: number;
  readonly batch: number;
}

/**
 * How every library trains.
 *
 * tfjs and jax-js round the bias corrections to float32, ours does not; at a rate of 1e-3 the MLP's path is so
 * unstable that this shows in the loss of step 20 (2%), at this rate it does not (0.001%).
 */
export const training = { learningRate: 3e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };

/** What a side that trains is told. */
export interface TrainParameters {
  readonly workload: Workload;
  readonly optimizer: 'adam' | 'adamW';
}
