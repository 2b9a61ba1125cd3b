import { InvalidArgumentError, UnavailableError, UnknownNameError } from '@ds/tensor';
import { engine, findBackendFactory, getBackend, setBackend } from '@tensorflow/tfjs-core';
import { deviceForBackend } from '../devices/create-device.ts';
import type { TfjsDevice } from '../devices/tfjs-device.ts';
import type { Attempt, ImportModule } from './attempt.ts';
import { importFailure } from './attempt.ts';
import { completeBackend } from './complete-backend.ts';
import { disposeWebgpu } from './dispose-webgpu.ts';
import { importModule as importOptional } from './import-module.ts';
import { prepareTensorflow } from './prepare-tensorflow.ts';
import { prepareWasm, wasmFilesRemedy } from './prepare-wasm.ts';
import { prepareWebgpu } from './prepare-webgpu.ts';

/** Which backend to take, and how to load it. */
export interface SelectBackendOptions {
  /** Take this backend or fail: `tensorflow`, `webgpu`, `wasm`, `cpu`, or any that the program has registered. */
  readonly backend?: string;
  /** In pages: the URL of the folder with the wasm backend's `.wasm` files, with a slash at its end. */
  readonly wasmPaths?: string;
  /**
   * Whether the backend is completed for training, as `registerTrainingKernels` and `registerGradients` do: fast
   * matrix products on `wasm`, and gradients that tfjs lacks or has wrong. Default true; false leaves tfjs as it is.
   */
  readonly trainingKernels?: boolean;
  /** Imports an optional package; default `import()`. For programs that bundle or rename packages. */
  readonly importModule?: ImportModule;
}

/** A backend that was not taken, and why. */
export interface RejectedBackend {
  readonly name: string;
  readonly reason: string;
}

/** The backend that was taken; it is tfjs's current one now. */
export interface SelectedBackend {
  readonly name: string;
  /** For people: what it runs on, and what kept the better ones from being taken. */
  readonly reason: string;
  /** The better ones, best first. */
  readonly tried: readonly RejectedBackend[];
  readonly device: TfjsDevice;
  /** Gives a WebGPU device back, and all tensors on it; on other backends there is nothing to give back. */
  readonly dispose: () => void;
}

/** Best first. */
const order = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;

/**
 * Picks the best tfjs backend that works here, and makes it current.
 *
 * The order is `tensorflow` (through tfjs-node-gpu or tfjs-node, where installed), `webgpu` (in Node through the npm
 * package `webgpu`; not on a software adapter), `wasm`, `cpu`. A backend works when its package is there, it starts,
 * and it adds up two squares. Packages are loaded only when their turn comes. What training misses in the backend is
 * added to it, once tfjs's own gradients are registered (import tfjs-layers first).
 *
 * @throws UnavailableError when the backend asked for, or any at all, does not work: the message says what to do.
 * @throws UnknownNameError when nothing is known by the name asked for; InvalidArgumentError without an object of options.
 *
 * @example
 * const { name, reason, device } = await selectBackend();
 * console.log(`Training on ${name}: ${reason}`);
 */
export async function selectBackend(options: SelectBackendOptions = {}): Promise<SelectedBackend> {
  checkOptions(options);
  const before = getBackend() as string | undefined;
  const { backend } = options;
  if (backend !== undefined) {
    const known = [...new Set<string>([...order, 'webgl', ...engine().backendNames()])];
    if (!known.includes(backend)) throw new UnknownNameError('backend', backend, known);
    const attempt = await start(backend, options);
    if (attempt.usable) return selected(backend, `${attempt.reason}, as asked for`, []);
    await restore(before);
    throw new UnavailableError(
      `The backend "${backend}" cannot be used: ${attempt.reason}. ${attempt.remedy}`,
    );
  }
  const tried: RejectedBackend[] = [];
  for (const name of order) {
    const attempt = await start(name, options);
    if (attempt.usable && attempt.onlyByName === undefined) {
      const others = tried.map((other) => `${other.name}: ${other.reason}`).join('; ');
      return selected(name, others === '' ? attempt.reason : `${attempt.reason} (not ${others})`, tried);
    }
    tried.push({ name, reason: attempt.usable ? attempt.onlyByName! : attempt.reason });
  }
  await restore(before);
  const reasons = tried.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new UnavailableError(
    `No tfjs backend works here (${reasons}). Run \`npm install @tensorflow/tfjs-backend-wasm@4.22.0\`.`,
  );
}

function checkOptions(options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  const isName = typeof options === 'string';
  throw new InvalidArgumentError(
    `selectBackend() takes an object of options, got ${isName ? `"${options}"` : String(options)}. ` +
      `Write selectBackend({ backend: '${isName ? options : 'wasm'}' }), or selectBackend() for the best there is.`,
  );
}

/** Prepares a backend, makes it current, and tries it. */
async function start(name: string, options: SelectBackendOptions): Promise<Attempt> {
  const attempt = await prepare(name, options);
  if (!attempt.usable || (attempt.onlyByName !== undefined && options.backend === undefined)) return attempt;
  try {
    if (!(await setBackend(name))) throw new Error('it does not start; tfjs has printed why');
    if (options.trainingKernels ?? true) completeBackend(name);
    const device = deviceForBackend(name);
    const slab = device.alloc(2);
    device.write(slab, Float32Array.of(3, 4));
    const sum = await device.sumOfSquares(slab);
    device.free(slab);
    if (sum !== 25) throw new Error(`3 * 3 + 4 * 4 came out as ${sum}`);
  } catch (error) {
    return {
      usable: false,
      reason: error instanceof Error ? error.message : String(error),
      remedy: name === 'wasm' ? wasmFilesRemedy : 'Update its package and drivers, or take another backend.',
    };
  }
  return attempt;
}

async function prepare(name: string, options: SelectBackendOptions): Promise<Attempt> {
  const importModule = options.importModule ?? importOptional;
  switch (name) {
    case 'tensorflow':
      return registered(name) ?? prepareTensorflow(importModule);
    case 'webgpu':
      return prepareWebgpu(importModule);
    case 'wasm':
      return prepareWasm(importModule, options.wasmPaths);
    default:
      return registered(name) ?? prepareOther(name, importModule);
  }
}

function registered(name: string): Attempt | undefined {
  if (!findBackendFactory(name)) return undefined;
  return { usable: true, reason: name === 'cpu' ? 'plain JavaScript' : 'registered by the program' };
}

async function prepareOther(name: string, importModule: ImportModule): Promise<Attempt> {
  const specifier = `@tensorflow/tfjs-backend-${name}`;
  try {
    await importModule(specifier);
  } catch (error) {
    const remedy = `Run \`npm install ${specifier}@4.22.0\`.`;
    return { usable: false, reason: importFailure(specifier, error), remedy };
  }
  return (
    registered(name) ?? {
      usable: false,
      reason: `${specifier} registers nothing here`,
      remedy: 'Take another backend.',
    }
  );
}

function selected(name: string, reason: string, tried: readonly RejectedBackend[]): SelectedBackend {
  return { name, reason, tried, device: deviceForBackend(name), dispose: () => disposeWebgpu(name) };
}

/** Makes the backend current that was before a failed attempt. */
async function restore(name: string | undefined): Promise<void> {
  if (name) await setBackend(name);
}
