import type { Tensor } from '@tensorflow/tfjs-core';
import { clone, tidy } from '@tensorflow/tfjs-core';
import { InvalidStateError, UnavailableError } from '@ds/tensor';
import type { TapeNode } from '../tfjs-internals.ts';
import { nextTensorId } from '../tfjs-internals.ts';
import type { GradientMap } from './gradient-map.ts';

/**
 * Carries gradients from one operation's outputs to those of its inputs that are reached, and drops the outputs'.
 *
 * Operations are walked last to first, so when one's turn comes its outputs' gradients are complete and nobody
 * needs them afterwards. Additions happen in tfjs's order, so that sums round alike.
 *
 * @throws UnavailableError when a gradient is asked of an operation that has none.
 */
export function backpropagate(node: TapeNode, gradients: GradientMap, reached: ReadonlySet<number>): void {
  const outputGradients = node.outputs.map((output) => gradients.get(output.id) ?? null);
  if (outputGradients.every((gradient) => gradient === null)) return;
  const inputs = Object.entries(node.inputs).filter(
    (entry): entry is [string, Tensor] => entry[1] !== undefined && reached.has(entry[1].id),
  );
  if (inputs.length === 0) return;
  const contributions = inputGradients(node, outputGradients, inputs);
  for (const [index, [, input]] of inputs.entries()) {
    const contribution = contributions[index];
    if (contribution !== undefined) gradients.add(input.id, contribution);
  }
  for (const output of node.outputs) {
    // An operation may return its input itself; then this is the input's gradient.
    if (!inputs.some(([, input]) => input.id === output.id)) gradients.take(output.id)?.dispose();
  }
}

/** Runs the operation's gradient function; the results are the caller's own, undefined where there is none. */
function inputGradients(
  node: TapeNode,
  outputGradients: (Tensor | null)[],
  inputs: readonly [string, Tensor][],
): (Tensor | undefined)[] {
  const { gradient } = node;
  if (gradient === undefined) {
    // Comparisons, argMax and the like are flat; asking them is no mistake. (A gradient gets to them through the
    // condition of `where`, for one; tfjs itself fails there.)
    if (node.outputs.every((output) => output.dtype !== 'float32')) return [];
    throw new UnavailableError(
      `The loss depends on ${node.kernelName}, which has no gradient. In Node, import @tensorflow/tfjs or ` +
        `@tensorflow/tfjs-layers to register tfjs's gradients; for an operation that tfjs cannot differentiate ` +
        `wrap it in tf.customGrad.`,
    );
  }
  const before = nextTensorId();
  return tidy(() => {
    const makers = gradient(outputGradients);
    const results: (Tensor | undefined)[] = [];
    for (const [name, input] of inputs) {
      const make = makers[name];
      if (make === undefined) {
        throw new UnavailableError(
          `${node.kernelName} has no gradient for its input "${name}", only for: ${Object.keys(makers).join(', ')}.`,
        );
      }
      const result = tidy(make);
      // What tfjs's gradient of `gather` says of its indices, for one.
      if (input.dtype !== 'float32' && result.dtype !== 'float32') {
        results.push(undefined);
        continue;
      }
      if (result.dtype !== 'float32' || result.shape.join() !== input.shape.join()) {
        throw new InvalidStateError(
          `The gradient of ${node.kernelName} for its input "${name}" is ${result.dtype} [${result.shape.join(', ')}]; ` +
            `it must be float32 [${input.shape.join(', ')}], as the input.`,
        );
      }
      // A gradient function may hand on what it was given, or one tensor for two inputs.
      const isOwn = result.id > before && !results.includes(result);
      results.push(isOwn ? result : clone(result));
    }
    return results;
  });
}
