import { jit, numpy as np } from '@jax-js/jax';
import { fromValues, startJax } from '../jax/values.ts';
import type { Contender } from '../side.ts';
import type { MatmulParameters } from '../workloads/matmul.ts';
import { matrix } from '../workloads/matmul.ts';

export async function create({ size, transposeA, transposeB }: MatmulParameters): Promise<Contender> {
  await startJax();
  const [a, b] = [1, 2].map((seed) => fromValues({ shape: [size, size], values: matrix(size, seed) }));
  const product = jit((x: np.Array, y: np.Array) =>
    np.matmul(transposeA ? x.transpose() : x, transposeB ? y.transpose() : y),
  );
  return {
    async run() {
      const result = product(a!.ref, b!.ref);
      await result.blockUntilReady();
      result.dispose();
      return undefined;
    },
    dispose() {
      a!.dispose();
      b!.dispose();
      product.dispose();
    },
  };
}
