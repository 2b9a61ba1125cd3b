import type { Optimizer, OptimizerDefinition, OptimizerTarget, Slab } from '@ds/tensor';
import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import { checkHyperparameter } from './check-hyperparameter.ts';
import type { ConfigType } from './config-keys.ts';
import { configTypes } from './config-keys.ts';
import type { ParameterSelector } from './hyperparameters.ts';
import { requireGroups } from './resolve-groups.ts';
import { unknownOption } from './unknown-option.ts';

/**
 * A parameter group as a config file has it: the keys of `params`, for some parameters.
 *
 * @example
 * const group: OptimizerConfigGroup = { parameters: ['dense/bias'], weight_decay: 0 };
 */
export interface OptimizerConfigGroup {
  /** Names; in code also a test of each parameter's place in the layout. */
  readonly parameters: ParameterSelector;
  /** Upstream's keys, for example `lr` and `weight_decay`; what is left out is as in `params`. */
  readonly [key: string]: unknown;
}

/**
 * An optimizer as a config file has it.
 *
 * @example
 * const config: OptimizerConfig = { type: 'AdamW', params: { lr: 3e-4, betas: [0.9, 0.95] } };
 */
export interface OptimizerConfig {
  /** One of `optimizerTypes`, in any case. */
  readonly type: string;
  /** Upstream's keys, for example `lr` and `weight_decay`; what is left out has upstream's default. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Parameters with keys of their own: `[{ "parameters": ["dense/bias"], "weight_decay": 0 }]`. */
  readonly groups?: readonly OptimizerConfigGroup[];
}

/**
 * The types that a config can name.
 *
 * @example
 * optimizerTypes.includes('AdamW'); // true
 */
export const optimizerTypes: readonly string[] = configTypes.map(({ type }) => type);

const configNames: readonly string[] = ['type', 'params', 'groups'];

/** Keys that choose among upstream's implementations of the same arithmetic; there is one here. */
const implementationKeys: ReadonlySet<string> = new Set([
  'torch_adam',
  'fused',
  'foreach',
  'capturable',
  'differentiable',
  'set_grad_none',
]);

/**
 * Reads an optimizer from a config, as DeepSpeed does from `ds_config.json`.
 *
 * `"Adam"` is AdamW unless `adam_w_mode` is false; `adam()` is the L2 one. `torch_adam` and other keys that choose an
 * implementation are accepted and change nothing. In `Muon`, `lr` is for both kinds of parameters.
 *
 * @throws UnknownNameError for a type or key that does not exist, naming the nearest; InvalidArgumentError for a value.
 *
 * @example
 * optimizerDefinition({ type: 'AdamW', params: { lr: 3e-4, betas: [0.9, 0.95], weight_decay: 0.1 } });
 */
export function optimizerDefinition(config: OptimizerConfig): OptimizerDefinition {
  const { type, params = {}, groups } = requireConfig(config);
  const found = configTypes.find((known) => known.type.toLowerCase() === type.toLowerCase());
  if (found === undefined) throw new UnknownNameError('optimizer type', type, optimizerTypes);
  const options = { ...found.defaults, ...readParams(found, params) };
  if (groups === undefined) return found.create(options);
  requireGroups(found.type, groups);
  return found.create({
    ...options,
    groups: groups.map(({ parameters, ...keys }, index) =>
      Object.assign(readParams(found, keys, `groups[${index}]`), { parameters }),
    ),
  });
}

/** Checks that a config is `{ type, params, groups }` before anything is read from it. */
function requireConfig(given: unknown): OptimizerConfig {
  const example = '{ type: "AdamW", params: { lr: 1e-3 } }';
  if (typeof given !== 'object' || given === null) {
    const meant = typeof given === 'string' ? ` Did you mean { type: "${given}" }?` : '';
    throw new InvalidArgumentError(
      `An optimizer config is an object like ${example}; got ${typeof given === 'string' ? `"${given}"` : String(given)}.${meant}`,
    );
  }
  for (const key of Object.keys(given)) {
    if (!configNames.includes(key)) throw unknownOption('key of an optimizer config', key, configNames);
  }
  const { type, params = {} } = given as { readonly type?: unknown; readonly params?: unknown };
  if (typeof type !== 'string') {
    throw new InvalidArgumentError(
      `An optimizer config needs a "type", as in ${example}. There are: ${optimizerTypes.join(', ')}.`,
    );
  }
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    throw new InvalidArgumentError(`${type}: "params" must be an object, as in ${example}.`);
  }
  return given as OptimizerConfig;
}

/**
 * Creates an optimizer from a config.
 *
 * @throws as `optimizerDefinition`; and as its groups require of the layout.
 *
 * @example
 * const optimizer = createOptimizer(
 *   { type: 'AdamW', params: { lr: 3e-4, weight_decay: 0.1 } },
 *   { device, layout, groups: [{ parameters: biasesAndNorms, weight_decay: 0 }] },
 * );
 */
export function createOptimizer<S extends Slab>(
  config: OptimizerConfig,
  target: OptimizerTarget<S> & Pick<OptimizerConfig, 'groups'>,
): Optimizer<S> {
  const { device, layout, groups } = Object(target) as Partial<typeof target>;
  const definition = optimizerDefinition(groups === undefined ? config : { ...config, groups });
  if (device === undefined || layout === undefined) {
    throw new InvalidArgumentError(
      'createOptimizer() needs { device, layout } as its second argument, for example those of a model. ' +
        'For initialize(), which has them, make a definition: optimizerDefinition(config).',
    );
  }
  return definition.create({ device, layout });
}

/** @param where the keys are, for messages: `groups[0]`, or nothing for those of all parameters. */
function readParams(
  { type, keys, translate }: ConfigType,
  params: Readonly<Record<string, unknown>>,
  where = '',
): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {};
  const prefix = where === '' ? '' : `${where}.`;
  for (const [key, value] of Object.entries(params)) {
    if (implementationKeys.has(key)) continue;
    if (key === 'max_grad_norm') {
      throw new InvalidArgumentError(
        `${type}: max_grad_norm is not an optimizer's parameter. Set "gradient_clipping" at the top of the config.`,
      );
    }
    const name = keys[key];
    if (name === undefined) {
      const known = [...Object.keys(keys), ...(where === '' ? [] : ['parameters'])];
      throw unknownOption(`parameter of ${type}${where === '' ? '' : ` in ${where}`}`, key, known);
    }
    if (name === 'epsPair') Object.assign(options, readEpsPair(type, prefix, value));
    else options[name] = readValue(type, prefix + key, name, value);
  }
  return translate(options);
}

function readValue(type: string, key: string, name: string, value: unknown): unknown {
  // PyTorch spells the choice `match_rms_adamw`, and null for the default.
  const read =
    name === 'updateScale'
      ? ({ match_rms_adamw: 'matchRmsAdamW' }[String(value)] ?? value ?? 'original')
      : value;
  checkHyperparameter(type, key, name, read);
  return read;
}

/** Adafactor's `eps` is a pair in PyTorch, the first null for the spacing of float32. */
function readEpsPair(type: string, prefix: string, value: unknown): Record<string, unknown> {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new InvalidArgumentError(
      `${type}: ${prefix}eps must be [eps1 or null, eps2]; got ${JSON.stringify(value)}.`,
    );
  }
  const [eps1, eps2] = value as unknown[];
  checkHyperparameter(type, `${prefix}eps[1]`, 'eps2', eps2);
  if (eps1 === null) return { eps2 };
  checkHyperparameter(type, `${prefix}eps[0]`, 'eps1', eps1);
  return { eps1, eps2 };
}
