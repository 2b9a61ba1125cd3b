import type { Variable } from '@tensorflow/tfjs-core';
import type { Layout } from '@ds/tensor';
import { createLayout, InvalidArgumentError, UnknownNameError } from '@ds/tensor';

/** A variable under the name it has in the model. */
export interface NamedVariable {
  readonly name: string;
  readonly variable: Variable;
  readonly trainable: boolean;
  readonly group?: string | undefined;
}

/** A model's variables by name. */
export interface ModelParameters {
  readonly layout: Layout;
  readonly frozen: Layout;
  /** @throws UnknownNameError */
  variable(name: string): Variable;
  /** Ids under which the tape knows the trainable ones. */
  trainableIds(): number[];
}

/**
 * Collects variables in order of first use; one that comes again under its name is shared.
 *
 * @throws InvalidArgumentError when a variable is not float32.
 */
export function createModelParameters(parameters: readonly NamedVariable[]): ModelParameters {
  const variables = new Map<string, Variable>();
  for (const { name, variable } of parameters) {
    if (variable.dtype !== 'float32') {
      throw new InvalidArgumentError(
        `Parameter "${name}" is ${variable.dtype}; parameters must be float32. Keep other tensors out of the model's ` +
          `variables, for example in a closure.`,
      );
    }
    variables.set(name, variable);
  }
  const layoutOf = (trainable: boolean): Layout =>
    createLayout(
      parameters
        .filter((parameter) => parameter.trainable === trainable)
        .map(({ name, variable, group }) => ({ name, shape: variable.shape, group })),
    );
  const layout = layoutOf(true);
  return {
    layout,
    frozen: layoutOf(false),
    variable(name) {
      const variable = variables.get(name);
      if (variable === undefined) throw new UnknownNameError('parameter', name, [...variables.keys()]);
      return variable;
    },
    trainableIds: () => layout.entries.map(({ name }) => variables.get(name)!.id),
  };
}
