/** `Atomics.waitAsync`, which the TypeScript library of ES2023 does not know. */
type WaitAsync = (
  array: Int32Array,
  index: number,
  value: number,
) => { readonly async: false } | { readonly async: true; readonly value: Promise<string> };

const { waitAsync } = Atomics as { readonly waitAsync?: WaitAsync };

/** How often to look where threads cannot be woken. */
const pollMilliseconds = 1;

/** Resolves when an element may no longer be what it was, or after some milliseconds. */
export async function sleepOn(
  array: Int32Array,
  index: number,
  value: number,
  milliseconds: number,
): Promise<void> {
  if (waitAsync === undefined) {
    await new Promise((resolve) => {
      setTimeout(resolve, pollMilliseconds);
    });
    return;
  }
  const change = waitAsync(array, index, value);
  if (!change.async) return;
  // The timer also keeps a thread alive that has nothing else to do.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([change.value, expired]);
  clearTimeout(timer);
}
