import type { Block, Model } from '@ds/tensor';
import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import { describe, expectTypeOf, it } from 'vitest';
import type { TfjsSlab } from '../devices/tfjs-slab.ts';
import { toModel } from './to-model.ts';

declare const sequential: Sequential;
declare const functional: LayersModel;
declare const blocks: readonly Block<Tensor>[];
declare const weight: Variable;
declare const bias: Variable;

describe('toModel', () => {
  it('knows input and output of a function, and its variables by name', () => {
    const model = toModel({
      variables: { weight, bias },
      forward: (variables, input: { readonly x: Tensor2D }) => {
        expectTypeOf(variables).toEqualTypeOf<Readonly<Record<'weight' | 'bias', Variable>>>();
        // @ts-expect-error -- there is no such variable
        void variables.wieght;
        return { y: tf.add(tf.mul(input.x, variables.weight), variables.bias) };
      },
    });
    expectTypeOf(model.forward).parameter(0).toEqualTypeOf<{ readonly x: Tensor2D }>();
    expectTypeOf(model.evaluate).returns.toEqualTypeOf<{ y: Tensor }>();
  });

  it('takes layers models and blocks to map tensors to tensors, unless it is told', () => {
    for (const model of [toModel(sequential), toModel(functional), toModel(blocks)]) {
      expectTypeOf(model.forward).parameter(0).toEqualTypeOf<Tensor>();
      expectTypeOf(model.forward).returns.toEqualTypeOf<Tensor>();
    }
    expectTypeOf(toModel<Tensor[], Tensor>(functional).forward).parameter(0).toEqualTypeOf<Tensor[]>();
  });

  it('keeps the types of a model', () => {
    const made = toModel<Tensor[], Tensor>(functional);
    expectTypeOf(toModel(made)).toEqualTypeOf<Model<Tensor, TfjsSlab, Tensor[], Tensor>>();
  });
});
