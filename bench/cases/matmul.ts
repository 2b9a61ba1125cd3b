import type { Benchmark } from '../benchmark.ts';
import { compare } from '../measure.ts';
import { gigaflops } from '../rates.ts';
import type { MatmulParameters } from '../workloads/matmul.ts';

const size = 512;

/** Products of two matrices of 512 x 512, as they are and transposed: forward passes and their gradients. */
export const bench: Benchmark = async function* bench({ host }) {
  for (const [transposeA, transposeB] of [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ] as const) {
    const parameters: MatmulParameters = { size, transposeA, transposeB };
    const target = transposeA || transposeB ? 10 : 1.3;
    yield* await compare(host, {
      name: 'matmul',
      case: `${size}, ${transposeA ? 'A^T' : 'A'} ${transposeB ? 'B^T' : 'B'}`,
      ours: { side: 'matmul-tfjs', parameters: { ...parameters, kernels: true } },
      peers: [
        { name: 'tfjs-wasm', side: 'matmul-tfjs', parameters: { ...parameters, kernels: false }, target },
        { name: 'jax-js', side: 'matmul-jax', parameters },
      ],
      rate: gigaflops(2 * size ** 3),
    });
  }
};
