import type { Variable } from '@tensorflow/tfjs-core';

/** What is used of a tfjs-layers weight. */
export interface LayerWeight {
  /** With the layers' names in front, as `dense_Dense1/kernel`. */
  readonly originalName: string;
  /** Returns the variable itself. */
  read(): unknown;
}

/** What is used of a tfjs-layers layer. */
export interface LayerLike {
  readonly name: string;
  readonly supportsMasking: boolean;
  readonly weights: readonly LayerWeight[];
  readonly trainableWeights: readonly LayerWeight[];
  getClassName(): string;
  apply(inputs: never, kwargs?: Record<string, unknown>): unknown;
  computeMask(inputs: never, mask?: never): unknown;
}

/** A `tf.LayersModel`, known by its shape, so that tfjs-layers need not be installed. */
export interface LayersModelLike extends LayerLike {
  readonly layers: readonly LayerLike[];
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[];
  /** False for a `tf.Sequential` to which layers were added since it was built or compiled. */
  readonly built: boolean;
  /** Completes a `tf.Sequential` to which layers were added. */
  build(inputShape: never): void;
}

/** Tells a `tf.LayersModel` from everything else. */
export function isLayersModel(value: unknown): value is LayersModelLike {
  if (typeof value !== 'object' || value === null) return false;
  const { layers, inputs, outputs, apply, getClassName } = value as Partial<LayersModelLike>;
  return (
    [layers, inputs, outputs].every(Array.isArray) &&
    typeof apply === 'function' &&
    typeof getClassName === 'function'
  );
}

/** The variable behind a weight. */
export function variableOf(weight: LayerWeight): Variable {
  return weight.read() as Variable;
}
