import type { Optimizer, OptimizerDefinition, OptimizerTarget, Slab } from '@ds/tensor';
import { InvalidArgumentError, UnknownNameError } from '@ds/tensor';
import { checkHyperparameter } from './check-hyperparameter.ts';
import type { ConfigType } from './config-keys.ts';
import { configTypes } from './config-keys.ts';
import type { GroupOptions } from './hyperparameters.ts';

/** An optimizer as a config file has it. */
export interface OptimizerConfig {
  /** One of `optimizerTypes`, in any case. */
  readonly type: string;
  /** Upstream's keys, for example `lr` and `weight_decay`; what is left out has upstream's default. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Groups, with options by their names in code, for example `weightDecay`. */
  readonly groups?: readonly GroupOptions<Readonly<Record<string, unknown>>>[];
}

/** The types that a config can name. */
export const optimizerTypes: readonly string[] = configTypes.map(({ type }) => type);

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
export function optimizerDefinition({ type, params = {}, groups }: OptimizerConfig): OptimizerDefinition {
  const found = configTypes.find((known) => known.type.toLowerCase() === type.toLowerCase());
  if (found === undefined) throw new UnknownNameError('optimizer type', type, optimizerTypes);
  const options = { ...found.defaults, ...readParams(found, params) };
  return found.create(groups === undefined ? options : { ...options, groups });
}

/**
 * Creates an optimizer from a config.
 *
 * @throws as `optimizerDefinition`; and as its groups require of the layout.
 *
 * @example
 * const optimizer = createOptimizer(
 *   { type: 'AdamW', params: { lr: 3e-4, weight_decay: 0.1 } },
 *   { device, layout, groups: [{ parameters: biasesAndNorms, weightDecay: 0 }] },
 * );
 */
export function createOptimizer<S extends Slab>(
  config: OptimizerConfig,
  { device, layout, groups = config.groups }: OptimizerTarget<S> & Pick<OptimizerConfig, 'groups'>,
): Optimizer<S> {
  const definition = optimizerDefinition(groups === undefined ? config : { ...config, groups });
  return definition.create({ device, layout });
}

function readParams(
  { type, keys }: ConfigType,
  params: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(params)) {
    if (implementationKeys.has(key)) continue;
    if (key === 'max_grad_norm') {
      throw new InvalidArgumentError(
        `${type}: max_grad_norm is not an optimizer's parameter. Set "gradient_clipping" at the top of the config.`,
      );
    }
    const name = keys[key];
    if (name === undefined) throw new UnknownNameError(`parameter of ${type}`, key, Object.keys(keys));
    if (name === 'epsPair') Object.assign(options, readEpsPair(type, value));
    else options[name] = readValue(type, key, name, value);
  }
  return options;
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
function readEpsPair(type: string, value: unknown): Record<string, unknown> {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new InvalidArgumentError(
      `${type}: eps must be [eps1 or null, eps2]; got ${JSON.stringify(value)}.`,
    );
  }
  const [eps1, eps2] = value as unknown[];
  checkHyperparameter(type, 'eps[1]', 'eps2', eps2);
  if (eps1 === null) return { eps2 };
  checkHyperparameter(type, 'eps[0]', 'eps1', eps1);
  return { eps1, eps2 };
}
