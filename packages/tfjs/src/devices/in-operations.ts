import { InvalidStateError } from '@ds/tensor';
import { getBackend } from '@tensorflow/tfjs-core';
import { untaped } from '../tfjs-internals.ts';

/**
 * Runs tfjs operations for a device, off any tape.
 *
 * @throws InvalidStateError when tfjs would run them on another backend, and move the device's tensors there.
 */
export function inOperations<T>(backendName: string, run: () => T): T {
  if (getBackend() !== backendName) {
    throw new InvalidStateError(
      `This device computes on tfjs's backend "${backendName}", but the current one is "${getBackend()}". ` +
        `Call \`await tf.setBackend('${backendName}')\` first.`,
    );
  }
  return untaped(run);
}
