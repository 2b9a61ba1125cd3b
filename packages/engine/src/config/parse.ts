import type { OptimizerConfig } from '@ds/optim';
import type { ConfigProblem } from '../errors.ts';
import { ConfigError } from '../errors.ts';
import type { Check } from './check.ts';
import { boolean, count, isRecord, nonNegative, oneOf, onlyYet, positive, section, value } from './check.ts';
import { laterKeys, laterZeroKeys } from './later-keys.ts';
import type { Bf16Config, DeepSpeedConfig, Fp16Config, ZeroConfig } from './schema.ts';

const onlyFalse = (what: string): Check => onlyYet(false, boolean, what);
const text = value('a name in quotes', (given) => typeof given === 'string');
const record = value('an object of names and values', isRecord);
const stage = value('0, 1, 2 or 3', (given) => [0, 1, 2, 3].includes(given as number));

const list = value('a list', Array.isArray);
const optimizer = section<OptimizerConfig>({ type: text, params: record, groups: list });
const scheduler = section<{ type: string; params?: unknown }>({ type: text, params: record });

const config = section<DeepSpeedConfig>(
  {
    train_batch_size: count,
    train_micro_batch_size_per_gpu: count,
    gradient_accumulation_steps: count,
    optimizer: named(optimizer),
    scheduler: named(scheduler),
    gradient_clipping: nonNegative(' (0 turns clipping off)'),
    steps_per_print: count,
    prescale_gradients: boolean,
    gradient_predivide_factor: positive,
    gradient_allreduce_op: oneOf('mean', 'sum'),
    dataloader_drop_last: boolean,
    zero_allow_untested_optimizer: boolean,
    zero_optimization: section<ZeroConfig>(
      { stage: onlyYet(0, stage, 'sharded training (ZeRO)') },
      laterZeroKeys,
    ),
    fp16: section<Fp16Config>({
      enabled: onlyFalse('half precision'),
      auto_cast: boolean,
      loss_scale: nonNegative(' (0 means dynamic)'),
      initial_scale_power: nonNegative(),
      loss_scale_window: positive,
      hysteresis: nonNegative(),
      consecutive_hysteresis: boolean,
      min_loss_scale: positive,
      fp16_master_weights_and_grads: boolean,
    }),
    bf16: section<Bf16Config>({
      enabled: onlyFalse('half precision'),
      immediate_grad_update: boolean,
      check_grad_overflow: boolean,
      bf16_master_weights_and_grads: boolean,
      bf16_optimizer_states: boolean,
    }),
    wall_clock_breakdown: onlyFalse('a breakdown of time'),
    memory_breakdown: onlyFalse('a breakdown of memory'),
    dump_state: onlyFalse('printing the configuration'),
    sparse_gradients: onlyFalse('sparse gradients'),
  },
  laterKeys,
);

/**
 * Checks a configuration and returns it with its type.
 *
 * Every value of the JSON types that DeepSpeed documents is accepted for the keys of `DeepSpeedConfig`; the
 * parameters of `optimizer` and `scheduler` are checked by the packages that create those.
 *
 * @param given a configuration object, for example from `JSON.parse`.
 * @param options `source` names the configuration in messages.
 * @throws ConfigError listing every unknown key, wrong type and feature that is not in this version.
 *
 * @example
 * parseConfig(JSON.parse('{ "train_batch_size": 8 }')).train_batch_size; // 8
 */
export function parseConfig(given: unknown, options: { readonly source?: string } = {}): DeepSpeedConfig {
  const problems: ConfigProblem[] = [];
  const autos = new Set<string>();
  findAuto(given, '', (problem) => {
    autos.add(problem.path);
    problems.push(problem);
  });
  config(given, '', (problem) => {
    if (!autos.has(problem.path)) problems.push(problem);
  });
  if (problems.length > 0) throw new ConfigError(problems, options);
  return given as DeepSpeedConfig;
}

/** `{ type, params }`, with the type given and no parameter that belongs elsewhere. */
function named(check: Check): Check {
  return (given, path, report) => {
    check(given, path, report);
    if (!isRecord(given)) return;
    if (given['type'] === undefined) {
      report({ path: `${path}.type`, message: `"${path}" needs a "type": the name of the ${path}.` });
    }
    if (isRecord(given['params']) && 'max_grad_norm' in given['params']) {
      report({
        path: `${path}.params.max_grad_norm`,
        message: `"${path}.params.max_grad_norm" is not a parameter here. Use the key "gradient_clipping" instead.`,
      });
    }
  };
}

/** Reports every `"auto"`: Hugging Face's Trainer replaces it before DeepSpeed sees it; nobody does here. */
function findAuto(given: unknown, path: string, report: (problem: ConfigProblem) => void): void {
  if (given === 'auto') {
    report({
      path,
      message:
        `"${path}" is "auto", which stands for a value that Hugging Face's Trainer fills in. ` +
        `Write the value itself, or leave the key out for its default.`,
    });
  } else if (typeof given === 'object' && given !== null) {
    for (const [name, entry] of Object.entries(given)) {
      findAuto(entry, path === '' ? name : `${path}.${name}`, report);
    }
  }
}
