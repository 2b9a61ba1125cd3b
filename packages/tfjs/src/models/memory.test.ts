import type { Block } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { beforeEach, describe, expect, it } from 'vitest';
import { peakBytes } from '../../test/peak-bytes.ts';
import { blocksModel } from './blocks-model.ts';

const width = 64;
const batch = 128;

/** Two layers with a residual connection, as in a transformer without attention. */
const block = (name: string): Block<tf.Tensor> => ({
  name,
  parameters: [
    { name: `${name}.up`, shape: [width, 2 * width] },
    { name: `${name}.upBias`, shape: [2 * width] },
    { name: `${name}.down`, shape: [2 * width, width] },
    { name: `${name}.downBias`, shape: [width] },
  ],
  forward([up, upBias, down, downBias], x) {
    const hidden = tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, up as tf.Tensor2D), upBias!));
    return tf.add(x, tf.add(tf.matMul(hidden as tf.Tensor2D, down as tf.Tensor2D), downBias!));
  },
});
const blocks = ['one', 'two', 'three', 'four'].map(block);
const lossOf = (output: tf.Tensor, target: tf.Tensor): tf.Tensor =>
  tf.mean(tf.squaredDifference(output, target));

describe.each(['cpu', 'wasm'])('memory on %s', (backend) => {
  beforeEach(async () => {
    await tf.setBackend(backend);
  });

  it('peaks below tf.variableGrads in a step of a 4-block MLP, with the same gradients', async () => {
    const begin = tf.memory().numTensors;
    const model = blocksModel(blocks, { seed: 4 });
    const { names, variables } = variablesOf(model);
    const x = tf.randomNormal([batch, width], 0, 1, 'float32', 1);
    const y = tf.randomNormal([batch, width], 0, 1, 'float32', 2);

    const expected: Record<string, Float32Array> = {};
    const theirs = peakBytes(() => {
      const forward = (): tf.Scalar => {
        let value: tf.Tensor = x;
        for (const [index, { forward: run }] of blocks.entries()) {
          value = run(variables.slice(4 * index, 4 * index + 4), value, { training: true });
        }
        return lossOf(value, y) as tf.Scalar;
      };
      const { value, grads } = tf.variableGrads(forward, variables);
      for (const [index, variable] of variables.entries()) {
        expected[names[index]!] = grads[variable.name]!.dataSync<'float32'>().slice();
      }
      tf.dispose([value, grads]);
    });

    const found: Record<string, Float32Array> = {};
    const ours = peakBytes(() => {
      model.backward(lossOf(model.forward(x), y), {
        onBlock(_, gradients) {
          for (const { name, gradient } of gradients) {
            found[name] = gradient.tensor.dataSync<'float32'>().slice();
          }
        },
      });
    });

    expect(found).toEqual(expected);
    const ratio = ours.buffers / theirs.buffers;
    console.log(
      `${backend}: peak of a 4-block MLP step ${kibibytes(ours.buffers)} of buffers against ` +
        `${kibibytes(theirs.buffers)} of tf.variableGrads: ratio ${ratio.toFixed(2)} ` +
        `(by tf.memory().numBytes: ${(ours.numBytes / theirs.numBytes).toFixed(2)})`,
    );
    expect(ratio).toBeLessThan(0.75);
    expect(ours.numBytes).toBeLessThan(0.75 * theirs.numBytes);
    model.dispose();
    tf.dispose([x, y]);
    expect(tf.memory().numTensors).toBe(begin);
  });

  it('lets go of what a block saved before it reports its gradients', () => {
    const model = blocksModel(blocks);
    const x = tf.ones([batch, width]);
    const bytes: number[] = [];
    model.backward(lossOf(model.forward(x), x), {
      onBlock() {
        bytes.push(tf.memory().numBytes);
      },
    });
    // Each block saved its hidden layer once as a result of tanh, once as a factor of the second product.
    const saved = 2 * 4 * batch * 2 * width;
    for (const [index, value] of bytes.entries()) {
      expect(value).toBeLessThanOrEqual(bytes[0]! - index * saved);
    }
    model.dispose();
    x.dispose();
  });

  it('saves nothing in blocks before the first trainable parameter', () => {
    const frozen = (name: string): Block<tf.Tensor> => ({
      ...block(name),
      parameters: block(name).parameters.map((spec) => Object.assign(spec, { trainable: false })),
    });
    const x = tf.ones([batch, width]);
    const bytesWith = (numFrozen: number): number => {
      const frozenBlocks = Array.from({ length: numFrozen }, (_, index) => frozen(`frozen${index}`));
      const model = blocksModel([...frozenBlocks, block('last')]);
      const before = tf.memory().numBytes;
      model.forward(x);
      const bytes = tf.memory().numBytes - before;
      model.dispose();
      return bytes;
    };
    expect(bytesWith(3)).toBe(bytesWith(1));
    x.dispose();
  });

  it('holds a constant number of tensors over 20 steps, and none after dispose()', () => {
    const begin = tf.memory().numTensors;
    const model = blocksModel(blocks);
    const counts = Array.from({ length: 20 }, () => {
      const x = tf.ones([4, width]);
      const output = model.forward(x);
      const accuracy = tf.mean(tf.cast(tf.greater(output, 0), 'float32'));
      const loss = lossOf(output, tf.zerosLike(output));
      model.backward(loss);
      expect([output.isDisposed, loss.isDisposed, accuracy.isDisposed]).toEqual([false, false, true]);
      tf.dispose([x, model.evaluate(x)]);
      return tf.memory().numTensors;
    });
    expect(new Set(counts).size).toBe(1);
    model.dispose();
    expect(tf.memory().numTensors).toBe(begin);
  });
});

/** The model's parameters in layout order. */
function variablesOf(model: ReturnType<typeof blocksModel>): {
  names: string[];
  variables: tf.Variable[];
} {
  const names = model.layout.entries.map(({ name }) => name);
  return { names, variables: names.map((name) => model.parameter(name).tensor as tf.Variable) };
}

function kibibytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
