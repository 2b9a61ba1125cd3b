import type { Optimizer, OptimizerDefinition, Transform } from '@ds/tensor';
import { chain } from '@ds/tensor';
import { createArrayDevice } from '@ds/tensor/testing';
import type { ArraySlab } from '@ds/tensor/testing';
import { createLayout } from '@ds/tensor';
import { expectTypeOf, test } from 'vitest';
import {
  adamW,
  addDecayedWeights,
  customOptimizer,
  createOptimizer,
  scaleByAdam,
  sgd,
  trace,
} from './index.ts';

test('definitions are bound to a device and keep its slab type', () => {
  expectTypeOf(adamW).returns.toEqualTypeOf<OptimizerDefinition>();
  const optimizer = createOptimizer(
    { type: 'SGD' },
    { device: createArrayDevice(), layout: createLayout([]) },
  );
  expectTypeOf(optimizer).toEqualTypeOf<Optimizer<ArraySlab>>();
});

test('options are those of the optimizer', () => {
  sgd({
    momentum: 0.9,
    groups: [{ parameters: ['w'], momentum: 0 }],
    learningRate: (step) => 1 / (step + 1),
  });
  // @ts-expect-error sgd has no betas
  sgd({ betas: [0.9, 0.999] });
  // @ts-expect-error a group must say which parameters it takes
  sgd({ groups: [{ momentum: 0 }] });
});

test('a chain collects state and scalars, and a custom optimizer must give all scalars', () => {
  const chained = chain(trace, addDecayedWeights);
  expectTypeOf(chained).toEqualTypeOf<
    Transform<'momentum_buffer', 'traceDecay' | 'traceGain' | 'weightDecay'>
  >();
  customOptimizer({
    type: 'Mine',
    transform: chain(scaleByAdam, addDecayedWeights),
    // @ts-expect-error the scalars of scaleByAdam are missing
    scalars: (group) => ({ weightDecay: group.weightDecay }),
  });
});
