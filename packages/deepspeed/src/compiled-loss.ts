import type { Tensor } from '@tensorflow/tfjs-core';
import { add, mean } from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '@ds/tensor';

/** What `model.compile` leaves behind in a `tf.LayersModel`. */
interface CompiledModel {
  /** What a `tf.Sequential` wraps. */
  readonly model?: CompiledModel;
  /** One per output; each returns the losses of a batch's examples. */
  readonly lossFunctions?: readonly ((target: Tensor, output: Tensor) => Tensor)[];
  /** Penalties of regularizers, one scalar each. */
  calculateLosses?(): Tensor[];
}

/**
 * The loss that a `tf.LayersModel` was compiled with: the means over the batch of all outputs' losses, and the
 * penalties of regularizers, added up as `model.fit` does.
 *
 * @throws InvalidArgumentError when the model is not a compiled one.
 */
export function compiledLoss(
  model: unknown,
): (output: Tensor | readonly Tensor[], target: Tensor | readonly Tensor[]) => Tensor {
  const compiled = Object(model) as CompiledModel;
  const { lossFunctions } = compiled.model ?? compiled;
  if (!Array.isArray(lossFunctions) || lossFunctions.length === 0) {
    throw new InvalidArgumentError(
      "loss: 'compiled' needs a tf.LayersModel on which model.compile({ optimizer, loss }) was called. " +
        'Call it first, or give a function (output, target) => scalar.',
    );
  }
  return (output, target) => {
    const outputs = toList(output);
    const targets = toList(target);
    const losses = outputs.map((each, index) => mean(lossFunctions[index]!(targets[index]!, each)));
    return [...losses, ...(compiled.calculateLosses?.() ?? [])].reduce((sum, loss) => add(sum, loss));
  };
}

function toList(value: Tensor | readonly Tensor[]): readonly Tensor[] {
  return Array.isArray(value) ? (value as readonly Tensor[]) : [value as Tensor];
}
