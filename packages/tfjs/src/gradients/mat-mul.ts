import type { BatchMatMulAttrs, GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { BatchMatMul, matMul, reshape, util } from '@tensorflow/tfjs-core';
import { oneGradient } from './one-gradient.ts';
import { sumToShape } from './sum-to-shape.ts';

/**
 * Y = A B, so dA = dY B' and dB = A' dY, with transposes as the operands had them. Where batches were broadcast, an
 * operand gets the sum over the batches it was used for, which tfjs forgets.
 *
 * Many matrices A times one B are one tall A times B, and so is the gradient of B: no products to add up.
 */
export const matMulGradient: GradConfig = {
  kernelName: BatchMatMul,
  inputsToSave: ['a', 'b'],
  gradFunc: (dys, saved, attributes) => {
    const dy = oneGradient(dys);
    const [a, b] = saved as [Tensor, Tensor];
    const { transposeA, transposeB } = attributes as unknown as BatchMatMulAttrs;
    const gradientOfA = (): Tensor =>
      transposeA ? multiply(b, dy, transposeB, true) : multiply(dy, b, false, !transposeB);
    const gradientOfB = (): Tensor => {
      if (!transposeA && b.rank === 2 && a.rank > 2) {
        const [tallA, tallDy] = [tall(a), tall(dy)];
        return transposeB ? multiply(tallDy, tallA, true, false) : multiply(tallA, tallDy, true, false);
      }
      return transposeB ? multiply(dy, a, true, transposeA) : multiply(a, dy, !transposeA, false);
    };
    return {
      a: () => sumToShape(gradientOfA(), a.shape),
      b: () => sumToShape(gradientOfB(), b.shape),
    };
  },
};

function multiply(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return matMul(a, b, transposeA, transposeB);
}

/** Puts all matrices on top of each other. */
function tall(matrices: Tensor): Tensor {
  return reshape(matrices, [util.sizeFromShape(matrices.shape.slice(0, -1)), matrices.shape.at(-1)!]);
}
