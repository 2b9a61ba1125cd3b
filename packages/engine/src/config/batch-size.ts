import { ConfigError } from '../errors.ts';
import type { DeepSpeedConfig } from './schema.ts';

/** How a training batch is made up: `train = micro * accumulation * ranks`. */
export interface BatchSizes {
  /** Samples per optimizer step, over all ranks. */
  readonly train: number;
  /** Samples per forward and backward pass of one rank. */
  readonly micro: number;
  /** Micro-batches per optimizer step. */
  readonly accumulation: number;
}

type BatchKeys = Pick<
  DeepSpeedConfig,
  'train_batch_size' | 'train_micro_batch_size_per_gpu' | 'gradient_accumulation_steps'
>;

/**
 * Works out the batch sizes that a configuration leaves out, as DeepSpeed does.
 *
 * One of `train_batch_size` and `train_micro_batch_size_per_gpu` must be there; accumulation is 1 unless it is
 * given or follows. Source: DeepSpeed `runtime/config.py`, `_set_batch_related_parameters`.
 *
 * @param ranks number of data-parallel ranks.
 * @throws ConfigError when both are missing, or the numbers do not multiply up.
 *
 * @example
 * resolveBatchSizes({ train_batch_size: 32, train_micro_batch_size_per_gpu: 4 }).accumulation; // 8
 */
export function resolveBatchSizes(
  config: BatchKeys,
  { ranks = 1 }: { readonly ranks?: number } = {},
): BatchSizes {
  const {
    train_batch_size: train,
    train_micro_batch_size_per_gpu: micro,
    gradient_accumulation_steps: accumulation,
  } = config;
  if (micro === undefined && train === undefined) {
    throw new ConfigError([
      {
        path: 'train_batch_size',
        message:
          'It says nothing about the batch size. Set "train_batch_size" (samples per optimizer step) ' +
          'or "train_micro_batch_size_per_gpu" (samples per forward pass).',
      },
    ]);
  }
  if (train === undefined) {
    const steps = accumulation ?? 1;
    return { train: micro! * steps * ranks, micro: micro!, accumulation: steps };
  }
  const steps = accumulation ?? (micro === undefined ? 1 : Math.floor(train / micro / ranks));
  const perRank = micro ?? Math.floor(train / steps / ranks);
  if (perRank * steps * ranks !== train) throw notMultiplying(config, ranks);
  return { train, micro: perRank, accumulation: steps };
}

function notMultiplying(config: BatchKeys, ranks: number): ConfigError {
  const { train_batch_size: train, train_micro_batch_size_per_gpu: micro } = config;
  const steps = config.gradient_accumulation_steps;
  const parts = [
    ...(micro === undefined ? [] : [`"train_micro_batch_size_per_gpu" (${micro})`]),
    ...(steps === undefined ? [] : [`"gradient_accumulation_steps" (${steps})`]),
    ...(ranks === 1 && (micro ?? steps) !== undefined ? [] : [`the number of ranks (${ranks})`]),
  ];
  const all = micro !== undefined && steps !== undefined;
  const unit = (micro ?? 1) * (steps ?? 1) * ranks;
  const nearest = Math.max(1, Math.round(train! / unit)) * unit;
  return new ConfigError([
    {
      path: 'train_batch_size',
      message: all
        ? `"train_batch_size" is ${train}, but ${parts.join(' times ')} is ${unit}. ` +
          'Make them equal, or leave one of the three keys out.'
        : `"train_batch_size" is ${train}, which is no multiple of ${parts.join(' times ')}. ` +
          `The nearest one is ${nearest}.`,
    },
  ]);
}
