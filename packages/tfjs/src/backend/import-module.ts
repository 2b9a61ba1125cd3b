import type { ImportModule } from './attempt.ts';

/**
 * Imports an optional package.
 *
 * The backends that run in browsers are spelled out, so that bundlers find them; the others exist only for Node,
 * and bundlers must not look for them.
 */
export const importModule: ImportModule = (specifier) => {
  switch (specifier) {
    case '@tensorflow/tfjs-backend-cpu':
      return import('@tensorflow/tfjs-backend-cpu').catch(passOn);
    case '@tensorflow/tfjs-backend-wasm':
      return import('@tensorflow/tfjs-backend-wasm').catch(passOn);
    case '@tensorflow/tfjs-backend-webgpu':
      return import('@tensorflow/tfjs-backend-webgpu').catch(passOn);
    default:
      return import(/* @vite-ignore */ /* webpackIgnore: true */ specifier);
  }
};

/** Bundlers forgive that a package is missing only where the import's failure is handled. */
function passOn(error: unknown): never {
  throw error;
}
