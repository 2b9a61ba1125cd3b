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
      return import('@tensorflow/tfjs-backend-cpu');
    case '@tensorflow/tfjs-backend-wasm':
      return import('@tensorflow/tfjs-backend-wasm');
    case '@tensorflow/tfjs-backend-webgpu':
      return import('@tensorflow/tfjs-backend-webgpu');
    default:
      return import(/* @vite-ignore */ /* webpackIgnore: true */ specifier);
  }
};
