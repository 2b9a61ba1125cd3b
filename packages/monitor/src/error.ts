/**
 * The one error of this package: an option was given a value that it cannot have.
 *
 * @example
 * try {
 *   createProgress({ total: -1 });
 * } catch (error) {
 *   if (MonitorError.isInstance(error)) console.log(error.message);
 * }
 */
export class MonitorError extends Error {
  override readonly name: string = 'MonitorError';
  /** What `isInstance` of the error classes of `@ds/tensor` looks at: it is one of theirs to them. */
  readonly kinds: readonly string[] = ['MonitorError', 'InvalidArgumentError', 'DsError'];

  /** Tells whether `value` is a `MonitorError`, also one from another copy of this package. */
  static isInstance(value: unknown): value is MonitorError {
    return value instanceof Error && value.name === 'MonitorError';
  }
}
