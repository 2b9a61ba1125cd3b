import '@tensorflow/tfjs-backend-cpu';
// Registers the gradients, which bare tfjs-core lacks.
import '@tensorflow/tfjs-layers';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Block } from '@ds/tensor';
import { toModel } from '@ds/tfjs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import recorded from './__fixtures__/deepspeed-runs.json' with { type: 'json' };
import type { DeepSpeedConfig } from './config/schema.ts';
import { initialize } from './initialize.ts';

setWasmPaths(
  path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + path.sep,
);

/** PyTorch's Linear: weights are [out, in]. */
function linear(
  name: string,
  weight: readonly number[][],
  bias: readonly number[],
  activation?: 'tanh',
): Block<tf.Tensor> {
  return {
    name,
    parameters: [
      {
        name: `${name}.weight`,
        shape: [weight.length, weight[0]!.length],
        initializer: () => Float32Array.from(weight.flat()),
      },
      { name: `${name}.bias`, shape: [bias.length], initializer: () => Float32Array.from(bias) },
    ],
    forward([w, b], x) {
      const y = tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, true), b!);
      return activation === 'tanh' ? tf.tanh(y) : y;
    },
  };
}

const first = [
  [
    [0.1, -0.2, 0.3],
    [0.4, 0.5, -0.6],
  ],
  [0.01, -0.02],
] as const;
const second = [[[0.7, -0.8]], [0.05]] as const;

const mutable = (rows: readonly (readonly number[])[]): number[][] => rows.map((row) => [...row]);

const models = {
  blocks: () =>
    toModel([
      linear('0', mutable(first[0]), [...first[1]], 'tanh'),
      linear('1', mutable(second[0]), [...second[1]]),
    ]),
  function: () => {
    const variables = {
      w0: tf.variable(tf.tensor2d(mutable(first[0]))),
      b0: tf.variable(tf.tensor1d([...first[1]])),
      w1: tf.variable(tf.tensor2d(mutable(second[0]))),
      b1: tf.variable(tf.tensor1d([...second[1]])),
    };
    return toModel<tf.Tensor, tf.Tensor>({
      variables,
      forward: ({ w0, b0, w1, b1 }, x) =>
        tf.add(
          tf.matMul(
            tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, w0 as unknown as tf.Tensor2D, false, true), b0!)),
            w1 as unknown as tf.Tensor2D,
            false,
            true,
          ),
          b1!,
        ),
    });
  },
};

/** Micro-batch k of rank r in step s, as the recorded run had it. */
function microBatch(step: number, micro: number, rank: number): { xs: tf.Tensor2D; ys: tf.Tensor2D } {
  const rows = [0, 1].map((row) => {
    const j = 8 * step + 4 * micro + 2 * rank + row;
    return [(((7 * j) % 11) - 5) / 5, (((5 * j) % 13) - 6) / 6, (((3 * j) % 7) - 3) / 3];
  });
  return { xs: tf.tensor2d(rows), ys: tf.tensor2d(rows.map((row) => [0.5 * (row[0]! + row[1]! + row[2]!)])) };
}

const meanSquaredError = (output: tf.Tensor, target: tf.Tensor): tf.Tensor =>
  tf.mean(tf.square(tf.sub(output, target)));

const adamW = { type: 'Adam', params: { lr: 0.05, weight_decay: 0.01, torch_adam: true } };
const momentum = { type: 'SGD', params: { lr: 0.1, momentum: 0.9 } };

interface Run {
  readonly name: keyof typeof recorded.runs;
  /** A run with the same numbers that also records norms: DeepSpeed has none at stage 0. */
  readonly norms?: keyof typeof recorded.runs;
  readonly config: DeepSpeedConfig;
}

const runs: readonly Run[] = [
  {
    name: 'zero0 fp32 noclip',
    norms: 'zero1 fp32 noclip',
    config: { optimizer: adamW, gradient_clipping: 0 },
  },
  {
    name: 'zero0 fp32 clip.1 warmup',
    norms: 'zero1 fp32 clip.1 warmup',
    config: {
      optimizer: adamW,
      gradient_clipping: 0.1,
      scheduler: {
        type: 'WarmupLR',
        params: { warmup_min_lr: 0, warmup_max_lr: 0.05, warmup_num_steps: 3, warmup_type: 'linear' },
      },
    },
  },
  { name: 'default clip zero2', config: { optimizer: adamW } },
  { name: 'SGD z0', norms: 'SGD z1 allowed', config: { optimizer: momentum, gradient_clipping: 0 } },
  {
    name: 'SGD z0 prescale',
    config: { optimizer: momentum, gradient_clipping: 0, prescale_gradients: true },
  },
  {
    name: 'SGD z0 predivide4',
    config: { optimizer: momentum, gradient_clipping: 0, gradient_predivide_factor: 4 },
  },
  {
    name: 'adagrad z0',
    config: { optimizer: { type: 'Adagrad', params: { lr: 0.1 } }, gradient_clipping: 0 },
  },
  {
    name: 'scheduler OneCycle z0',
    config: {
      // DeepSpeed's OneCycle overwrites the second beta with 0.99; ours leaves it alone.
      optimizer: { type: 'Adam', params: { ...adamW.params, betas: [0.9, 0.99] } },
      gradient_clipping: 0,
      scheduler: {
        type: 'OneCycle',
        params: { cycle_min_lr: 0.01, cycle_max_lr: 0.1, cycle_first_step_size: 2 },
      },
    },
  },
];

// The recorded runs have two ranks with two micro-batches each; one rank with four has the same mean. Parameters
// were recorded with 6 decimals, losses and norms with 7.
function expectClose(values: readonly number[], expected: readonly number[]): void {
  expect(values).toHaveLength(expected.length);
  for (const [index, value] of values.entries())
    expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5);
}

for (const backend of ['cpu', 'wasm']) {
  for (const [kind, createModel] of Object.entries(models)) {
    describe(`DeepSpeed's own runs, ${kind} on ${backend}`, () => {
      afterEach(() => tf.disposeVariables());

      for (const { name, norms, config } of runs) {
        it(name, async () => {
          await tf.setBackend(backend);
          const { trace, params } = recorded.runs[name];
          const model = createModel();
          const { engine } = await initialize({
            model,
            config: { train_batch_size: 8, train_micro_batch_size_per_gpu: 2, ...config },
          });
          const steady: number[] = [];
          for (const [step, expected] of trace.entries()) {
            expect(engine.getLr()[0]).toBeCloseTo(expected.lr_used, 12);
            const losses: number[] = [];
            for (const rank of [0, 1]) {
              for (const micro of [0, 1]) {
                const { xs, ys } = microBatch(step, micro, rank);
                const loss = engine.backward(meanSquaredError(engine(xs), ys));
                if (rank === 0) losses.push((await loss.data())[0]!);
                await engine.step();
                tf.dispose([xs, ys]);
              }
            }
            expectClose(losses, expected.loss_rank0);
            const norm = recorded.runs[norms ?? name].trace[step]!.gnorm;
            expectClose([engine.getGlobalGradNorm()!], [norm ?? engine.getGlobalGradNorm()!]);
            expect(engine.getLr()[0]).toBeCloseTo(expected.lr_after, 12);
            expect([engine.globalSteps, engine.globalSamples]).toEqual([expected.gstep, expected.gsamples]);
            steady.push(tf.memory().numTensors);
          }
          const values: number[] = [];
          for (const entry of model.layout.entries) {
            values.push(...(await model.device.read(model.parameter(entry.name))));
          }
          expectClose(values, params);
          expect(new Set(steady).size).toBe(1);
          engine.dispose();
        });
      }
    });
  }
}
