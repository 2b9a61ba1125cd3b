import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { createRandom } from '@ds/tensor';
import { describe, expect, it } from 'vitest';
import { noWebgpu } from '../../test/backends.ts';
import { functionModel } from './function-model.ts';

type Variables = Readonly<Record<string, tf.Variable>>;

/** A loss as a model and a head, so that both sides of the output are exercised. */
interface Case {
  readonly name: string;
  readonly lacksWasmKernel?: boolean;
  readonly shapes: Readonly<Record<string, number[]>>;
  readonly forward: (variables: Variables) => tf.Tensor | tf.Tensor[];
  readonly loss: (output: tf.Tensor[], variables: Variables) => tf.Tensor;
  /** What tfjs cannot differentiate itself is compared with this instead. */
  readonly reference?: (variables: Variables) => tf.Tensor;
}

const list = (output: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(output) ? output : [output]);
const matMul = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
const squareKeepingInput = tf.customGrad((x, save) => {
  (save as tf.GradSaveFunc)([x as tf.Tensor]);
  return {
    value: tf.square(x as tf.Tensor),
    gradFunc: (dy, saved) => tf.mul(dy, tf.mul(2, (saved as tf.Tensor[])[0]!)),
  };
});
const passThrough = tf.customGrad((x) => ({
  value: tf.mul(x as tf.Tensor, 3),
  gradFunc: (dy: tf.Tensor) => dy,
}));
const itself = tf.customGrad((x) => ({ value: x as tf.Tensor, gradFunc: (dy: tf.Tensor) => tf.mul(dy, 4) }));
const sameForBoth = tf.customGrad((a, b) => ({
  value: tf.add(a as tf.Tensor, b as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => {
    const one = tf.mul(dy, 0.5);
    return [one, one];
  },
}));

const cases: readonly Case[] = [
  {
    name: 'two layers and softmax cross entropy',
    shapes: { w: [5, 7], b: [7], u: [7, 3] },
    forward: ({ w, b, u }) =>
      matMul(tf.tanh(tf.add(matMul(tf.reshape(tf.linspace(-1, 1, 20), [4, 5]), w!), b!)), u!),
    loss: ([logits]) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d([0, 2, 1, 1], 'int32'), 3), logits!),
  },
  {
    name: 'one tensor used many times',
    shapes: { a: [6] },
    forward: ({ a }) => {
      const x = tf.sin(a!);
      return tf.add(tf.mul(x, a!), tf.add(tf.mul(x, x), tf.add(tf.exp(x), tf.sub(a!, x))));
    },
    loss: ([y], { a }) => tf.add(tf.mean(tf.mul(y!, y!)), tf.mean(tf.mul(a!, y!))),
  },
  {
    name: 'split and unstack, some outputs unused',
    shapes: { a: [4, 6] },
    forward: ({ a }) => {
      const [left, , right] = tf.split(tf.square(a!), 3, 1);
      return [left!, right!];
    },
    loss: ([left, right]) => {
      const rows = tf.unstack(tf.mul(left!, right!));
      return tf.sum(tf.add(rows[0]!, rows[3]!));
    },
  },
  {
    name: 'an embedding, with integer ids',
    lacksWasmKernel: true,
    shapes: { table: [9, 4] },
    forward: ({ table }) => tf.gather(table!, tf.tensor2d([1, 5, 5, 8, 0, 1], [2, 3], 'int32')),
    loss: ([y]) => tf.sum(tf.square(y!)),
  },
  {
    name: 'tied weights: a parameter used again in the loss',
    lacksWasmKernel: true,
    shapes: { table: [5, 4] },
    forward: ({ table }) => tf.gather(table!, tf.tensor1d([0, 3, 3], 'int32')),
    loss: ([y], { table }) =>
      tf.mean(tf.logSoftmax(tf.matMul(y as tf.Tensor2D, table as tf.Tensor2D, false, true))),
  },
  {
    name: 'argMax and accuracy on the side',
    shapes: { w: [3, 3] },
    forward: ({ w }) => matMul(tf.eye(3), w!),
    loss: ([y]) => {
      tf.mean(tf.cast(tf.equal(tf.argMax(y!, 1), tf.tensor1d([0, 1, 2], 'int32')), 'float32'));
      return tf.mean(tf.softplus(y!));
    },
  },
  {
    name: 'custom gradients: saved input, dy handed on, one tensor for two inputs, the input as output',
    shapes: { a: [3], b: [3] },
    forward: ({ a, b }) =>
      sameForBoth(passThrough(squareKeepingInput(a!)), tf.add(b!, itself(tf.exp(passThrough(b!))))),
    loss: ([y]) => tf.sum(tf.mul(y!, tf.tensor1d([1, 2, 3]))),
  },
  {
    name: 'a gradient inside the forward pass',
    shapes: { a: [4], b: [4] },
    forward: ({ a, b }) => tf.mul(tf.grad((x) => tf.sum(tf.mul(tf.pow(x, 3), b!)))(a!), b!),
    loss: ([y]) => tf.sum(tf.square(y!)),
  },
  {
    name: 'a gradient penalty in the loss',
    shapes: { a: [4] },
    forward: ({ a }) => tf.square(a!),
    loss: ([y], { a }) =>
      tf.add(tf.sum(y!), tf.sum(tf.square(tf.grad((x) => tf.sum(tf.exp(tf.mul(x, a!))))(y!)))),
  },
  {
    name: 'dropout, layer norm and a convolution',
    lacksWasmKernel: true,
    shapes: { filter: [3, 3, 2, 4], gain: [4] },
    forward: ({ filter, gain }) => {
      const image = tf.reshape(tf.linspace(-1, 1, 72), [1, 6, 6, 2]) as tf.Tensor4D;
      const y = tf.conv2d(image, filter as tf.Tensor4D, 1, 'same');
      const { mean, variance } = tf.moments(y, -1, true);
      const normal = tf.mul(tf.div(tf.sub(y, mean), tf.sqrt(tf.add(variance, 1e-5))), gain!);
      return tf.dropout(normal, 0.25, undefined, 7);
    },
    loss: ([y]) => tf.mean(tf.square(tf.maxPool(y as tf.Tensor4D, 2, 2, 'valid'))),
  },
  {
    name: 'a condition that depends on the parameter, where tfjs gives up',
    shapes: { a: [5] },
    forward: ({ a }) => tf.where(tf.greater(a!, 0), tf.mul(a!, 2), tf.square(a!)),
    loss: ([y]) => tf.sum(tf.square(y!)),
    reference({ a }) {
      const positive = tf.step(a!);
      const negative = tf.sub(1, positive);
      return tf.sum(tf.square(tf.add(tf.mul(positive, tf.mul(a!, 2)), tf.mul(negative, tf.square(a!)))));
    },
  },
];

function makeVariables(shapes: Case['shapes']): Record<string, tf.Variable> {
  const random = createRandom(5);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal());
      return [name, tf.tidy(() => tf.variable(tf.tensor(values, shape)))];
    }),
  );
}

const backends = [
  { backend: 'cpu', skipped: undefined },
  { backend: 'wasm', skipped: undefined },
  { backend: 'webgpu', skipped: noWebgpu },
];

describe.for(backends)(
  'on $backend, gradients bit for bit those of tf.variableGrads',
  ({ backend, skipped }) => {
    it.for(cases)('$name', async ({ shapes, forward, loss, reference, lacksWasmKernel }, { skip }) => {
      skip(skipped !== undefined, skipped);
      const lacksKernel = backend === 'wasm' && lacksWasmKernel === true;
      skip(lacksKernel, "tfjs's wasm backend has no kernel for this gradient");
      await tf.setBackend(backend);
      const start = tf.memory().numTensors;
      const variables = makeVariables(shapes);
      const names = Object.keys(variables);
      const begin = tf.memory().numTensors;

      const total = (): tf.Tensor => reference?.(variables) ?? loss(list(forward(variables)), variables);
      const theirs = tf.tidy(() => tf.variableGrads(total as () => tf.Scalar, Object.values(variables)));
      const expected = await Promise.all(
        [theirs.value, ...names.map((name) => theirs.grads[variables[name]!.name]!)].map(async (tensor) =>
          Float32Array.from(await tensor.data()),
        ),
      );
      tf.dispose([theirs.value, theirs.grads]);

      const model = functionModel({ variables, forward });
      const gradients: Record<string, Promise<Float32Array>> = {};
      const value = loss(list(model.forward(undefined)), variables);
      model.backward(value, {
        onBlock(_, found) {
          for (const { name, gradient } of found) gradients[name] = model.device.read(gradient);
        },
      });
      const found = [await model.scalar(value), ...(await Promise.all(names.map((name) => gradients[name])))];
      expect(found).toEqual([expected[0]![0], ...expected.slice(1)]);
      model.dispose();
      expect(tf.memory().numTensors).toBe(begin);
      tf.dispose(variables);
      expect(tf.memory().numTensors).toBe(start);
      expect(tf.engine().state.gradientDepth).toBe(0);
      expect(tf.engine().state.scopeStack).toEqual([]);
    });
  },
);
