import type { OptimizerDefinition } from '@ds/tensor';
import { chain } from '@ds/tensor';
import {
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamW,
  adamax,
  asgd,
  customOptimizer,
  lamb,
  lars,
  lion,
  momentScalars,
  muon,
  nadam,
  radam,
  rmsprop,
  rprop,
  scaleByLearningRate,
  scaleByLion,
  sgd,
} from '../src/index.ts';
import type { LearningRate } from '../src/index.ts';

/** An optimizer by name, with the learning rate it solves small problems at and its state's size. */
export interface OptimizerUnderTest {
  readonly name: string;
  readonly create: (learningRate?: LearningRate) => OptimizerDefinition;
  /** For a parabola and for Rosenbrock's function. */
  readonly rates: readonly [number, number];
  /** State for `harness.modelShapes`, in elements; the model has 113 of them. */
  readonly stateElements: number;
}

const signSgd = customOptimizer({
  type: 'SignSGD',
  transform: chain(scaleByLion, scaleByLearningRate),
  hyperparameters: { betas: [0, 0] as [number, number] },
  scalars: ({ lr, betas }) => ({ ...momentScalars(betas), learningRate: lr }),
});

const given = (learningRate?: LearningRate): { learningRate?: LearningRate } =>
  learningRate === undefined ? {} : { learningRate };

/** Number of elements of `modelShapes`. */
export const modelElements = 15 + 5 + 48 + 12 + 16 + 21 + 1;
const n = modelElements;

export const everyOptimizer: readonly OptimizerUnderTest[] = [
  { name: 'sgd', create: (r) => sgd(given(r)), rates: [0.1, 0.001], stateElements: 0 },
  {
    name: 'sgd momentum',
    create: (r) => sgd({ momentum: 0.9, dampening: 0.1, weightDecay: 1e-3, ...given(r) }),
    rates: [0.1, 0.0005],
    stateElements: n,
  },
  {
    name: 'sgd nesterov',
    create: (r) => sgd({ momentum: 0.9, nesterov: true, clipValue: 50, ...given(r) }),
    rates: [0.1, 0.0005],
    stateElements: n,
  },
  { name: 'adam', create: (r) => adam(given(r)), rates: [0.1, 0.05], stateElements: 2 * n },
  {
    name: 'adam L2',
    create: (r) => adam({ weightDecay: 1e-3, ...given(r) }),
    rates: [0.1, 0.05],
    stateElements: 2 * n,
  },
  {
    name: 'adam amsgrad',
    create: (r) => adam({ amsgrad: true, ...given(r) }),
    rates: [0.1, 0.2],
    stateElements: 3 * n,
  },
  { name: 'adamW', create: (r) => adamW(given(r)), rates: [0.1, 0.05], stateElements: 2 * n },
  {
    name: 'adagrad',
    create: (r) => adagrad({ initialAccumulatorValue: 0.1, learningRateDecay: 1e-4, ...given(r) }),
    rates: [0.5, 0.5],
    stateElements: n,
  },
  { name: 'adadelta', create: (r) => adadelta(given(r)), rates: [20, 10], stateElements: 2 * n },
  { name: 'rmsprop', create: (r) => rmsprop(given(r)), rates: [0.05, 0.01], stateElements: n },
  {
    name: 'rmsprop centered',
    create: (r) => rmsprop({ centered: true, momentum: 0.5, ...given(r) }),
    rates: [0.01, 0.003],
    stateElements: 3 * n,
  },
  { name: 'adamax', create: (r) => adamax(given(r)), rates: [0.1, 0.05], stateElements: 2 * n },
  { name: 'nadam', create: (r) => nadam(given(r)), rates: [0.1, 0.05], stateElements: 2 * n },
  { name: 'radam', create: (r) => radam(given(r)), rates: [0.1, 0.003], stateElements: 2 * n },
  // Rows and columns of the matrices, and the vectors.
  {
    name: 'adafactor',
    create: (r) => adafactor({ weightDecay: 1e-4, ...given(r) }),
    rates: [0.1, 0.05],
    stateElements: 8 + 5 + 12 + 16 + 8 + 8 + 10 + 1,
  },
  {
    name: 'lion',
    create: (r) => lion({ weightDecay: 1e-3, ...given(r) }),
    rates: [0.05, 0.01],
    stateElements: n,
  },
  {
    name: 'lamb',
    create: (r) => lamb({ weightDecay: 1e-3, ...given(r) }),
    rates: [0.05, 0.02],
    stateElements: 2 * n,
  },
  {
    name: 'lars',
    create: (r) => lars({ weightDecay: 1e-4, nesterov: true, ...given(r) }),
    rates: [20, 2],
    stateElements: n,
  },
  {
    name: 'muon gram',
    create: (r) => muon({ ...given(r), adamLearningRate: r ?? 1e-3 }),
    rates: [0.05, 0.02],
    stateElements: 91 + 2 * 27,
  },
  {
    name: 'muon standard',
    create: (r) =>
      muon({ newtonSchulz: 'standard', outputAxis: 'last', ...given(r), adamLearningRate: r ?? 1e-3 }),
    rates: [0.05, 0.02],
    stateElements: 91 + 2 * 27,
  },
  { name: 'asgd', create: (r) => asgd(given(r)), rates: [0.1, 0.001], stateElements: n },
  { name: 'rprop', create: (r) => rprop(given(r)), rates: [0.01, 0.01], stateElements: 2 * n },
  { name: 'custom', create: (r) => signSgd(given(r)), rates: [0.05, 0.003], stateElements: n },
];
