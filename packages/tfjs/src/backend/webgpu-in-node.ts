import type { ImportModule } from './attempt.ts';

interface WebgpuPackage {
  /** Makes Dawn's `navigator.gpu`. */
  readonly create: (options: string[]) => GPU;
  /** `GPUBufferUsage` and the like. */
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Dawn crashes at exit when its entry is collected before its devices, so it is never let go. */
let dawn: GPU | undefined;

/**
 * Gives Node what browsers have: `navigator.gpu` and the `GPU...` globals, from the npm package `webgpu` (Dawn).
 *
 * Does nothing where `navigator.gpu` exists, and replaces no global that does. An idle Dawn does not keep the
 * process alive.
 *
 * @throws what `importModule` throws when the package is missing or has no library for this platform.
 */
export async function installWebgpuInNode(importModule: ImportModule): Promise<void> {
  if (globalThis.navigator?.gpu !== undefined) return;
  const { create, globals } = (await importModule('webgpu')) as WebgpuPackage;
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  dawn ??= create([]);
  // Node 21 and newer have a navigator, without `gpu`.
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true });
  }
  Object.defineProperty(globalThis.navigator, 'gpu', { value: dawn, configurable: true });
}
