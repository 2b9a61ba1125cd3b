import type { Benchmark } from '../benchmark.ts';
import { compare } from '../measure.ts';
import { millionsPerSecond } from '../rates.ts';

/** Sizes of the variables that hold a million parameters: one, and as a small network would have them. */
const splits: Readonly<Record<string, readonly number[]>> = {
  'one variable': [1_000_000],
  '40 variables': Array.from({ length: 40 }, () => 25_000),
};

const elements = 16_000_000;

/** Our fused update against `tf.train.adam` on the same backend, and against the speed of memory. */
export const bench: Benchmark = async function* bench({ host }) {
  for (const backend of ['wasm', 'cpu']) {
    for (const [split, sizes] of Object.entries(splits)) {
      for (const [name, optimizer] of [
        ['AdamW', 'adamW'],
        ['Adam', 'adam'],
      ] as const) {
        yield* await compare(host, {
          name: 'optimizer',
          case: `${backend}, ${name}, 1M in ${split}`,
          ours: { side: 'optimizer-tfjs', parameters: { backend, optimizer, sizes } },
          peers: [
            {
              name: 'tf.train.adam',
              side: 'optimizer-tfjs',
              parameters: { backend, optimizer: 'tf.train.adam', sizes },
            },
          ],
        });
      }
    }
  }
  yield* await compare(host, {
    name: 'optimizer',
    case: 'wasm, fused AdamW, 16M',
    // In one heap: how fast memory is also depends on where in the machine it lies.
    ours: { side: 'optimizer-pass', parameters: { rule: 'adamW', elements }, thread: 'heap' },
    peers: [
      {
        name: 'memory pass',
        side: 'optimizer-pass',
        parameters: { rule: 'memory', elements },
        thread: 'heap',
        target: 0.8,
      },
    ],
    rate: millionsPerSecond(elements),
    rounds: 21,
  });
};
