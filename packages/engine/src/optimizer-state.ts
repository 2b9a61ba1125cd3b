import type { SafetensorsTensors } from '@ds/checkpoint';
import type { Layout, OptimizerState } from '@ds/tensor';
import { sizeOf } from '@ds/tensor';
import { CheckpointMismatchError } from './errors.ts';

/** An optimizer's state without its arrays, of which only the names are left. */
export interface PackedOptimizerState {
  readonly type: string;
  readonly groups: OptimizerState['groups'];
  readonly parameters: Readonly<
    Record<
      string,
      { readonly scalars: Readonly<Record<string, number>>; readonly tensors: readonly string[] }
    >
  >;
}

/** Splits a state into JSON and tensors, which are named `parameter.array`: `dense/kernel.exp_avg`. */
export function packOptimizerState(
  layout: Layout,
  { type, groups, parameters }: OptimizerState,
): { readonly json: PackedOptimizerState; readonly tensors: SafetensorsTensors } {
  const tensors: Record<string, SafetensorsTensors[string]> = {};
  const packed: Record<string, PackedOptimizerState['parameters'][string]> = {};
  for (const [name, { scalars, tensors: arrays }] of Object.entries(parameters)) {
    packed[name] = { scalars, tensors: Object.keys(arrays) };
    const { shape } = layout.entry(name);
    for (const [array, data] of Object.entries(arrays)) {
      // Factored moments are smaller than the parameter and keep a shape of their own.
      tensors[`${name}.${array}`] = {
        dtype: 'F32',
        shape: data.length === sizeOf(shape) ? shape : [data.length],
        data,
      };
    }
  }
  return { json: { type, groups, parameters: packed }, tensors };
}

/**
 * Puts a state together again.
 *
 * @throws CheckpointMismatchError when an array is missing.
 */
export function unpackOptimizerState(
  { type, groups, parameters }: PackedOptimizerState,
  tensors: SafetensorsTensors,
): OptimizerState {
  const arrayOf = (key: string): Float32Array => {
    const tensor = tensors[key];
    if (tensor?.dtype === 'F32') return tensor.data;
    throw new CheckpointMismatchError(`The checkpoint's optimizer state lacks the tensor "${key}".`);
  };
  return {
    type,
    groups,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, { scalars, tensors: arrays }]) => [
        name,
        { scalars, tensors: Object.fromEntries(arrays.map((array) => [array, arrayOf(`${name}.${array}`)])) },
      ]),
    ),
  };
}
