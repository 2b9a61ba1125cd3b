import { InvalidArgumentError } from '@ds/tensor';

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** The key with the sections around it: `fp16.loss_scale`; empty for the configuration as a whole. */
  readonly path: string;
  /** What was given, what is expected and what to do, as one or more sentences. */
  readonly message: string;
}

/**
 * A configuration cannot be used; all that is wrong with it is listed at once.
 *
 * @example
 * try {
 *   parseConfig({ train_batch_size: 8, gradient_cliping: 1 });
 * } catch (error) {
 *   if (ConfigError.isInstance(error)) console.log(error.problems[0]?.path); // gradient_cliping
 * }
 */
export class ConfigError extends InvalidArgumentError {
  static override readonly kind: string = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  /**
   * @param problems at least one.
   * @param source where the configuration is from, for example a file's path.
   */
  constructor(problems: readonly ConfigProblem[], { source }: { readonly source?: string } = {}) {
    const where = source === undefined ? 'The configuration' : `The configuration ${source}`;
    const lines = problems.map(({ message }) => message);
    super(
      lines.length === 1
        ? `${where}: ${lines[0]}`
        : `${where}:\n${lines.map((line) => `- ${line}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** A checkpoint does not fit the engine that is to continue from it. */
export class CheckpointMismatchError extends InvalidArgumentError {
  static override readonly kind: string = 'CheckpointMismatchError';
}
