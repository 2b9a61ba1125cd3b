import type { OptimizerConfig } from '@ds/optim';
import { optimizerDefinition } from '@ds/optim';
import type { OptimizerDefinition } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';

/** What `initialize` takes as `optimizer`: what `adamW(...)` returns, or `{ type, params }` as in a configuration. */
export type OptimizerSource = OptimizerDefinition | OptimizerConfig;

/**
 * The definition that is meant.
 *
 * @throws UnknownNameError or InvalidArgumentError when there is none.
 */
export function toDefinition(given: OptimizerSource): OptimizerDefinition {
  const source: unknown = given;
  if (typeof source === 'object' && source !== null) {
    if ('create' in source && typeof source.create === 'function') return source as OptimizerDefinition;
    if ('type' in source && !('step' in source)) return optimizerDefinition(source as OptimizerConfig);
  }
  throw new InvalidArgumentError(
    'optimizer must be a definition, for example adamW({ learningRate: 1e-3 }) of @ds/optim, or a config ' +
      `{ type: "AdamW", params: { lr: 1e-3 } }; ${mistake(source)}`,
  );
}

function mistake(source: unknown): string {
  if (typeof source === 'string') return `it is "${source}". Did you mean { type: "${source}" }?`;
  if (typeof source === 'function') return 'it is a function. Did you forget to call it?';
  if (typeof source !== 'object' || source === null) return `it is ${String(source)}.`;
  if ('applyGradients' in source)
    return 'it is an optimizer of tfjs (tf.train). Take the one of the same name here.';
  if ('step' in source)
    return 'it is an optimizer that was created already. Leave the create(...) to initialize().';
  return `it is an object with ${Object.keys(source).join(', ') || 'no fields'}.`;
}
