import { UnavailableError } from '@ds/tensor';
import { getGradient } from '@tensorflow/tfjs-core';

/**
 * Checks that tfjs can differentiate: tfjs-core alone knows no gradients.
 *
 * @throws UnavailableError telling what to import.
 */
export function assertGradientsRegistered(): void {
  if (getGradient('Add') === undefined) {
    throw new UnavailableError(
      'tfjs has no gradients: @tensorflow/tfjs-core alone registers none. ' +
        "Write `import '@tensorflow/tfjs-layers'` (or '@tensorflow/tfjs') where the program starts.",
    );
  }
}
