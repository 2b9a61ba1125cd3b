import type { OptimizerDefinition, Transform } from '@ds/tensor';
import { chain } from '@ds/tensor';
import type { OptimizerConfigGroup } from '../create-optimizer.ts';
import { optimizerDefinition } from '../create-optimizer.ts';
import { customOptimizer } from '../optimizers/custom-optimizer.ts';
import { addDecayedWeights } from '../transforms/add-decayed-weights.ts';
import type { MomentScalar } from '../transforms/scale-by-adam.ts';
import { momentScalars } from '../transforms/scale-by-adam.ts';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.ts';
import type { GoldenCase } from './golden.ts';

/** Where a recording leaves out what a config here would understand otherwise. */
const upstreamDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'torch/Adam': { adam_w_mode: false },
  'torch/AdamW': { weight_decay: 0.01 },
  'torch/Muon': { lr: 1e-3, weight_decay: 0.1, ns_method: 'standard' },
};

const typeNames: Readonly<Record<string, string>> = {
  CPUAdam: 'Adam',
  CPULion: 'Lion',
  CPUAdagrad: 'Adagrad',
};
const keyNames: Readonly<Record<string, string>> = { adamw_mode: 'adam_w_mode' };
/** What is no hyperparameter: the loss scale of the gradients, and number formats. */
const settings: ReadonlySet<string> = new Set(['scale', 'compute_dtype', 'fp32_optimizer_states']);

/** The optimizer that a recorded case was made with. */
export function goldenDefinition(goldenCase: GoldenCase): {
  definition: OptimizerDefinition;
  gradientScale: number;
} {
  const { family, name, options, groups } = goldenCase;
  const gradientScale = 1 / ((options['scale'] as number | undefined) ?? 1);
  const quirk = quirkOf(goldenCase);
  if (quirk !== undefined) return { definition: quirk, gradientScale };
  const params: Record<string, unknown> = { ...upstreamDefaults[`${family}/${name}`] };
  for (const [key, value] of Object.entries(options)) {
    if (!settings.has(key)) params[keyNames[key] ?? key] = value;
  }
  const definition = optimizerDefinition({
    type: typeNames[name] ?? name,
    params,
    ...(groups && { groups: groups.map(readGroup) }),
  });
  return { definition, gradientScale };
}

function readGroup({ params, ...keys }: NonNullable<GoldenCase['groups']>[number]): OptimizerConfigGroup {
  return { parameters: params.map((index) => `p${index}`), ...keys };
}

/** Lion with DeepSpeed's sign, which takes +0 as positive. */
const scaleByLionCopysign: Transform<'exp_avg', MomentScalar> = {
  name: 'scaleByLionCopysign',
  state: ['exp_avg'],
  scalars: ['beta1', 'oneMinusBeta1', 'beta2', 'oneMinusBeta2'],
  update({ add, constant, mul, select, sub }, update, { state, scalars }) {
    const blend = add(mul(scalars.beta1, state.exp_avg), mul(scalars.oneMinusBeta1, update));
    const average = add(mul(scalars.beta2, state.exp_avg), mul(scalars.oneMinusBeta2, update));
    const negative = sub(constant(0), blend);
    return { update: select(negative, constant(-1), constant(1)), state: { exp_avg: average } };
  },
};

/** Adagrad with DeepSpeed's CPU kernel's numerator, which weight decay does not reach. */
const scaleByAdagradRawNumerator: Transform<'sum', 'eps' | 'weightDecay'> = {
  name: 'scaleByAdagradRawNumerator',
  state: ['sum'],
  scalars: ['eps', 'weightDecay'],
  update({ add, div, mul, sqrt }, update, { parameter, state, scalars }) {
    const decayed = add(update, mul(scalars.weightDecay, parameter));
    const sum = add(state.sum, mul(decayed, decayed));
    return { update: div(update, add(sqrt(sum), scalars.eps)), state: { sum } };
  },
};

/**
 * The optimizers of cases that recorded an error of DeepSpeed, rebuilt from transforms: they show that the difference
 * to the optimizer here is that error and nothing else.
 */
function quirkOf({ name, problem, options }: GoldenCase): OptimizerDefinition | undefined {
  const { lr = 1e-2, weight_decay: weightDecay = 0, eps = 1e-10 } = options as Record<string, number>;
  if (name === 'CPUAdagrad' && weightDecay > 0) {
    return customOptimizer({
      type: 'CPUAdagrad',
      transform: chain(scaleByAdagradRawNumerator, scaleByLearningRate),
      scalars: (group) => ({ eps, weightDecay: group.weightDecay, learningRate: group.lr }),
    })({ learningRate: lr, weightDecay });
  }
  // Only the problem `wide` has gradients of exactly 0.
  if ((name === 'CPULion' || name === 'Lion') && problem === 'wide') {
    return customOptimizer({
      type: 'CPULion',
      transform: chain(scaleByLionCopysign, addDecayedWeights, scaleByLearningRate),
      hyperparameters: { betas: options['betas'] as [number, number] },
      scalars: ({ betas, ...group }) => ({
        ...momentScalars(betas),
        weightDecay: group.weightDecay,
        learningRate: group.lr,
      }),
    })({ learningRate: lr, weightDecay });
  }
  return undefined;
}
