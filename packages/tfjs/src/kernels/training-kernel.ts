import type { HeapModule, Scratch } from '@ds/kernels';
import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** What a kernel works with: tfjs's backend, and our functions on its heap. */
export interface KernelEnvironment {
  readonly backend: KernelBackend;
  readonly module: HeapModule;
  readonly scratch: Scratch;
}

/** The input of a function of one tensor. */
export interface UnaryInputs {
  readonly x: TensorInfo;
}

/**
 * One of our kernels for the `wasm` backend. `Inputs` and `Attributes` are what tfjs gives its kernel of that
 * name.
 *
 * `run` returns `undefined` where tfjs's own kernel must do the work: types and cases that ours does not know, and
 * wrong arguments, so that errors stay tfjs's.
 */
export interface TrainingKernel<Inputs, Attributes> {
  readonly name: string;
  run(inputs: Inputs, attributes: Attributes, environment: KernelEnvironment): TensorInfo | undefined;
}

/** A kernel of which only the name is known: tfjs calls it with the inputs and attributes that belong to that. */
export type AnyTrainingKernel = TrainingKernel<object, object | undefined>;
