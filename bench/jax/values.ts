import { defaultDevice, init, numpy as np } from '@jax-js/jax';

/** Arrays by parameter name. Using an array consumes it; `ref` keeps it for another use. */
export type Values = Record<string, np.Array>;

/** Starts jax-js on WebAssembly, its fastest backend on a CPU. */
export async function startJax(): Promise<void> {
  await init('wasm');
  defaultDevice('wasm');
}

export function fromValues({
  shape,
  values,
}: {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}): np.Array {
  const dtype = values instanceof Int32Array ? np.int32 : np.float32;
  return np.array(values as Float32Array<ArrayBuffer>, { shape: [...shape], dtype });
}
