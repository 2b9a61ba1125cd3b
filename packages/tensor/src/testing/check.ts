/**
 * A conformance case found the implementation at fault.
 *
 * @example
 * new ConformanceError('The slab has 3 elements, not 4.').name; // 'ConformanceError'
 */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
}

/**
 * Throws a `ConformanceError` with this message unless the condition holds.
 *
 * @example
 * const slab = createArrayDevice().alloc(4);
 * check(slab.length === 4, `The slab has ${slab.length} elements, not 4.`);
 */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ConformanceError(message);
}

/**
 * Checks that a call throws, or a promise rejects with, an error that `accept` recognizes.
 *
 * @throws ConformanceError (as a rejection) when the call throws nothing, or another error.
 *
 * @example
 * const device = createArrayDevice();
 * await checkThrows('A negative length', () => device.alloc(-1), (error) => InvalidArgumentError.isInstance(error));
 */
export async function checkThrows(
  what: string,
  call: () => unknown,
  accept: (error: unknown) => boolean,
): Promise<void> {
  let thrown: unknown;
  try {
    await call();
  } catch (error) {
    thrown = error;
  }
  check(thrown !== undefined, `${what} must throw, but did not.`);
  const shown = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : JSON.stringify(thrown);
  check(accept(thrown), `${what} threw the wrong error: ${shown}`);
}
