import '@tensorflow/tfjs-layers'; // Registers tfjs's gradients.
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** Starts tfjs as it comes. */
export async function startBackend(name = 'wasm'): Promise<void> {
  // In a worker of a page the files come from the server; Node finds them itself.
  if (typeof process === 'undefined') setWasmPaths('/wasm/');
  if (!(await tf.setBackend(name))) throw new Error(`tfjs's backend "${name}" does not start.`);
}
