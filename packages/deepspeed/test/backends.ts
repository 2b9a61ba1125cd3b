import { createRequire } from 'node:module';
import path from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
// Registers the gradients, which bare tfjs-core lacks.
import '@tensorflow/tfjs-layers';

const require = createRequire(import.meta.url);
setWasmPaths(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + path.sep);

export const backends: readonly string[] = ['cpu', 'wasm'];
