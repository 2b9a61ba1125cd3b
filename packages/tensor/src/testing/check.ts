/** A conformance case found the implementation at fault. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
}

/** Throws a `ConformanceError` with this message unless the condition holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ConformanceError(message);
}

/** Checks that a call throws, or a promise rejects with, an error that `accept` recognizes. */
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
