import type { OptimizerDefinition } from '@ds/tensor';
import { adadelta } from './optimizers/adadelta.ts';
import { adafactor } from './optimizers/adafactor.ts';
import { adagrad } from './optimizers/adagrad.ts';
import { adam, adamW } from './optimizers/adam.ts';
import { adamax } from './optimizers/adamax.ts';
import { asgd } from './optimizers/asgd.ts';
import { lamb } from './optimizers/lamb.ts';
import { lars } from './optimizers/lars.ts';
import { lion } from './optimizers/lion.ts';
import { muon } from './optimizers/muon.ts';
import { nadam } from './optimizers/nadam.ts';
import { radam } from './optimizers/radam.ts';
import { rmsprop } from './optimizers/rmsprop.ts';
import { rprop } from './optimizers/rprop.ts';
import { sgd } from './optimizers/sgd.ts';

/** Options by their name in code. */
type NamedOptions = Readonly<Record<string, unknown>>;

/** How an optimizer is written in a config file. */
export interface ConfigType {
  readonly type: string;
  /** The names in a config, and what each is called in code. */
  readonly keys: Readonly<Record<string, string>>;
  /** Where a config has another default than the function, because upstream has. */
  readonly defaults: NamedOptions;
  readonly create: (options: NamedOptions) => OptimizerDefinition;
  /** Where keys are not one option each: makes options of what keys were read, of all parameters or of a group. */
  readonly translate: (options: NamedOptions) => NamedOptions;
}

const common = {
  lr: 'learningRate',
  weight_decay: 'weightDecay',
  maximize: 'maximize',
  clip_value: 'clipValue',
};
const adamKeys = {
  ...common,
  betas: 'betas',
  eps: 'eps',
  amsgrad: 'amsgrad',
  bias_correction: 'biasCorrection',
};
const momentumKeys = { momentum: 'momentum', dampening: 'dampening', nesterov: 'nesterov' };

/** Ties keys to a constructor; `create` is given only options that the keys name and that were checked. */
function configType(
  type: string,
  keys: Readonly<Record<string, string>>,
  create: (options: NamedOptions) => OptimizerDefinition,
  defaults: NamedOptions = {},
  translate: ConfigType['translate'] = (options) => options,
): ConfigType {
  return { type, keys, defaults, create, translate };
}

/** Every optimizer that a config file can name. */
export const configTypes: readonly ConfigType[] = [
  // DeepSpeed's "Adam" is AdamW unless adam_w_mode says otherwise.
  configType(
    'Adam',
    { ...adamKeys, adam_w_mode: 'adamWMode', decoupled_weight_decay: 'decoupledWeightDecay' },
    adam,
    { decoupledWeightDecay: true },
    decayByMode,
  ),
  configType('AdamW', { ...adamKeys, adam_w_mode: 'adamWMode' }, adamW, { weightDecay: 0 }, withoutMode),
  configType('SGD', { ...common, ...momentumKeys }, sgd),
  configType(
    'Adagrad',
    {
      ...common,
      lr_decay: 'learningRateDecay',
      initial_accumulator_value: 'initialAccumulatorValue',
      eps: 'eps',
    },
    adagrad,
  ),
  configType('Adadelta', { ...common, rho: 'rho', eps: 'eps' }, adadelta),
  configType(
    'RMSprop',
    { ...common, alpha: 'alpha', eps: 'eps', momentum: 'momentum', centered: 'centered' },
    rmsprop,
  ),
  configType('Adamax', { ...common, betas: 'betas', eps: 'eps' }, adamax),
  configType(
    'NAdam',
    {
      ...common,
      betas: 'betas',
      eps: 'eps',
      momentum_decay: 'momentumDecay',
      decoupled_weight_decay: 'decoupledWeightDecay',
    },
    nadam,
  ),
  configType(
    'RAdam',
    { ...common, betas: 'betas', eps: 'eps', decoupled_weight_decay: 'decoupledWeightDecay' },
    radam,
  ),
  configType(
    'Adafactor',
    { ...common, beta2_decay: 'beta2Decay', eps: 'epsPair', d: 'clipThreshold' },
    adafactor,
  ),
  configType('Lion', { ...common, betas: 'betas' }, lion, { learningRate: 1e-3, betas: [0.9, 0.999] }),
  configType(
    'Lamb',
    {
      ...common,
      betas: 'betas',
      eps: 'eps',
      bias_correction: 'biasCorrection',
      eps_inside_sqrt: 'epsInsideSqrt',
      max_coeff: 'maxCoefficient',
      min_coeff: 'minCoefficient',
    },
    lamb,
  ),
  configType('Lars', { ...common, ...momentumKeys, trust_coefficient: 'trustCoefficient', eps: 'eps' }, lars),
  configType(
    'Muon',
    {
      ...common,
      muon_lr: 'muonLearningRate',
      adam_lr: 'adamLearningRate',
      momentum: 'momentum',
      nesterov: 'nesterov',
      ns_method: 'newtonSchulz',
      ns_steps: 'newtonSchulzSteps',
      ns_coefficients: 'newtonSchulzCoefficients',
      adjust_lr_fn: 'updateScale',
      output_axis: 'outputAxis',
      betas: 'betas',
      eps: 'eps',
    },
    muon,
    {},
    muonRates,
  ),
  configType('ASGD', { ...common, lambd: 'decay', alpha: 'alpha', t0: 'averagingStart' }, asgd),
  configType(
    'Rprop',
    {
      lr: 'learningRate',
      maximize: 'maximize',
      clip_value: 'clipValue',
      etas: 'etas',
      step_sizes: 'stepSizes',
    },
    rprop,
  ),
];

function decayByMode({ adamWMode, ...options }: NamedOptions): NamedOptions {
  return adamWMode === undefined ? options : { decoupledWeightDecay: adamWMode, ...options };
}

/** The name wins over the mode, as in DeepSpeed. */
function withoutMode({ adamWMode: _mode, ...options }: NamedOptions): NamedOptions {
  return options;
}

/** `lr` is for both kinds of parameters, `muon_lr` and `adam_lr` for one of them. */
function muonRates({
  learningRate,
  muonLearningRate,
  adamLearningRate,
  ...options
}: NamedOptions): NamedOptions {
  const matrices = muonLearningRate ?? learningRate;
  const others = adamLearningRate ?? learningRate;
  return {
    ...(matrices === undefined ? {} : { learningRate: matrices }),
    ...(others === undefined ? {} : { adamLearningRate: others }),
    ...options,
  };
}
