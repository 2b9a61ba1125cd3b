import { InvalidArgumentError } from '@ds/tensor';

/** What the loss compares: a pair, or the two under the names that tfjs uses. */
export type InputAndTarget<Input, Target> =
  | readonly [Input, Target]
  | { readonly xs: Input; readonly ys: Target };

/**
 * Takes a batch apart.
 *
 * @throws InvalidArgumentError when it has neither form.
 */
export function splitBatch<Input, Target>(
  batch: InputAndTarget<Input, Target>,
): { readonly input: Input; readonly target: Target } {
  const given: unknown = batch;
  if (Array.isArray(given) && given.length === 2)
    return { input: given[0] as Input, target: given[1] as Target };
  if (typeof given === 'object' && given !== null && 'xs' in given && 'ys' in given) {
    return { input: given.xs as Input, target: given.ys as Target };
  }
  const what = Array.isArray(given)
    ? `an array of ${given.length}`
    : typeof given === 'object' && given !== null
      ? `an object with ${Object.keys(given).join(', ') || 'no fields'}`
      : String(given);
  throw new InvalidArgumentError(
    `With a loss, a batch must be [input, target] or { xs: input, ys: target }; it is ${what}.`,
  );
}
