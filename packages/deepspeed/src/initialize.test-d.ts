import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import { describe, expectTypeOf, it } from 'vitest';
import type { Block, DataLoader, DeepSpeedConfig, Engine, InputAndTarget, TfjsSlab } from './index.ts';
import { initialize, toModel } from './index.ts';

declare const sequential: Sequential;
declare const functional: LayersModel;
declare const blocks: readonly Block<Tensor>[];
declare const weight: Variable;
declare const config: DeepSpeedConfig;
declare const examples: readonly (readonly [number[], number])[];

type Batch = InputAndTarget<Tensor, Tensor>;
type TensorEngine = Engine<Tensor, TfjsSlab, Tensor, Tensor, Batch>;

/** True when both types can stand for each other: `toEqualTypeOf` takes equal tuples of tfjs tensors for different. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

describe('initialize', () => {
  it('takes layers models and blocks to map tensors to tensors', async () => {
    const loss = (output: Tensor, target: Tensor): Tensor => tf.losses.meanSquaredError(target, output);
    const engines = [
      (await initialize({ model: sequential, loss, config })).engine,
      (await initialize({ model: functional, loss, config })).engine,
      (await initialize({ model: blocks, loss, config })).engine,
      (await initialize({ model: sequential, loss: 'compiled', config })).engine,
    ] as const;
    expectTypeOf(engines[0]).not.toBeAny();
    expectTypeOf<Same<TensorEngine, (typeof engines)[0]>>().toEqualTypeOf<true>();
    expectTypeOf<Same<TensorEngine, (typeof engines)[1]>>().toEqualTypeOf<true>();
    expectTypeOf<Same<TensorEngine, (typeof engines)[2]>>().toEqualTypeOf<true>();
    expectTypeOf<Same<TensorEngine, (typeof engines)[3]>>().toEqualTypeOf<true>();
  });

  it('types the parameters of a loss written in place', async () => {
    const [engine, , loader] = await initialize({
      model: sequential,
      loss: (output, target) => {
        expectTypeOf(output).toEqualTypeOf<Tensor>();
        expectTypeOf(target).toEqualTypeOf<Tensor>();
        return tf.mean(tf.sub(output, target));
      },
      config,
      trainingData: examples,
      collate: (items) => {
        expectTypeOf(items).toEqualTypeOf<readonly (readonly [number[], number])[]>();
        return [tf.tensor2d(items.map(([x]) => x)), tf.tensor1d(items.map(([, y]) => y))];
      },
    });
    expectTypeOf<Same<TensorEngine, typeof engine>>().toEqualTypeOf<true>();
    expectTypeOf<Same<DataLoader<Batch>, typeof loader>>().toEqualTypeOf<true>();
  });

  it('knows input and output of a function model, and its variables', async () => {
    const { engine } = await initialize({
      model: {
        variables: { weight },
        forward: (variables, input: { readonly x: Tensor2D }) => {
          expectTypeOf(variables).toEqualTypeOf<Readonly<Record<'weight', Variable>>>();
          return { y: tf.mul(input.x, variables.weight) };
        },
      },
      config,
    });
    expectTypeOf(engine.forward).parameter(0).toEqualTypeOf<{ readonly x: Tensor2D }>();
    expectTypeOf(engine.forward).returns.toEqualTypeOf<{ y: Tensor }>();
  });

  it('keeps the types of a model that was made before', async () => {
    const model = toModel<Tensor[], Tensor>(functional);
    const { engine } = await initialize({ model, config });
    expectTypeOf(engine.forward).parameter(0).toEqualTypeOf<Tensor[]>();
  });
});
