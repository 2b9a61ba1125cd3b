import type { EinsumAttrs, GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { Einsum } from '@tensorflow/tfjs-core';
import type { Labelled } from './contract.ts';
import { contract } from './contract.ts';
import { oneGradient } from './one-gradient.ts';

/**
 * y[C] is the sum of a[A] b[B] over all names that are not in C. So da[A] is the sum of dy[C] b[B] over all names that
 * are not in A: an einsum again, with the result in the place of the operand.
 */
export const einsumGradient: GradConfig = {
  kernelName: Einsum,
  saveAllInputs: true,
  gradFunc: (dys, saved, attributes) => {
    const { equation } = attributes as unknown as EinsumAttrs;
    const { operands, result } = labelOperands(equation, saved);
    const dy = { tensor: oneGradient(dys), labels: result };
    return Object.fromEntries(
      operands.map(({ tensor, labels }, index) => {
        const other = operands[1 - index];
        const sizes = new Map(Array.from(labels, (label, axis) => [label, tensor.shape[axis]!]));
        return [index, () => contract(dy, other, labels, sizes)];
      }),
    );
  },
};

/** Reads an equation that tfjs has accepted: two operands at most, no name twice in one. */
export function labelOperands(
  equation: string,
  tensors: readonly Tensor[],
): { readonly operands: readonly Labelled[]; readonly result: string } {
  const [left, result] = equation.replace(/\s/g, '').split('->') as [string, string];
  const operands = left.split(',').map((labels, index) => ({ tensor: tensors[index]!, labels }));
  return { operands, result };
}
