import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.ts';
import { resolveBatchSizes } from './batch-size.ts';
import type { DeepSpeedConfig } from './schema.ts';

const resolve = (train?: number, micro?: number, accumulation?: number, ranks = 1): unknown => {
  const config: DeepSpeedConfig = {
    ...(train === undefined ? {} : { train_batch_size: train }),
    ...(micro === undefined ? {} : { train_micro_batch_size_per_gpu: micro }),
    ...(accumulation === undefined ? {} : { gradient_accumulation_steps: accumulation }),
  };
  const sizes = resolveBatchSizes(config, { ranks });
  return [sizes.train, sizes.micro, sizes.accumulation];
};

describe('resolveBatchSizes', () => {
  // The cases of DeepSpeed's tests/unit/runtime/test_ds_config_dict.py and of its documentation.
  it('works out what is left out, as DeepSpeed does on two ranks', () => {
    expect(resolve(32, 16, 1, 2)).toEqual([32, 16, 1]);
    expect(resolve(32, 8, 2, 2)).toEqual([32, 8, 2]);
    expect(resolve(32, 8, undefined, 2)).toEqual([32, 8, 2]);
    expect(resolve(32, undefined, 4, 2)).toEqual([32, 4, 4]);
    expect(resolve(undefined, 8, 2, 2)).toEqual([32, 8, 2]);
    expect(resolve(32, undefined, undefined, 2)).toEqual([32, 16, 1]);
    expect(resolve(undefined, 8, undefined, 2)).toEqual([16, 8, 1]);
  });

  it('rejects what does not multiply up, as DeepSpeed does', () => {
    expect(() => resolve(33, 17, 2, 2)).toThrow(ConfigError);
    expect(() => resolve(32, 18, 1, 2)).toThrow(ConfigError);
    expect(() => resolve(1, undefined, 2)).toThrow(ConfigError);
    expect(() => resolve(undefined, undefined, 2)).toThrow(ConfigError);
  });

  it('says what is wrong in numbers', () => {
    expect(() => resolve()).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: The configuration: It says nothing about the batch size. Set "train_batch_size" (samples per optimizer step) or "train_micro_batch_size_per_gpu" (samples per forward pass).]`,
    );
    expect(() => resolve(7, 2)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: The configuration: "train_batch_size" is 7, which is no multiple of "train_micro_batch_size_per_gpu" (2). The nearest one is 8.]`,
    );
    expect(() => resolve(32, 4, 4)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: The configuration: "train_batch_size" is 32, but "train_micro_batch_size_per_gpu" (4) times "gradient_accumulation_steps" (4) is 16. Make them equal, or leave one of the three keys out.]`,
    );
    expect(() => resolve(32, 4, 3, 2)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: The configuration: "train_batch_size" is 32, but "train_micro_batch_size_per_gpu" (4) times "gradient_accumulation_steps" (3) times the number of ranks (2) is 24. Make them equal, or leave one of the three keys out.]`,
    );
    expect(() => resolve(9, undefined, undefined, 2)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: The configuration: "train_batch_size" is 9, which is no multiple of the number of ranks (2). The nearest one is 10.]`,
    );
  });

  it('always returns numbers that multiply up, and keeps those given', () => {
    const size = fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined });
    fc.assert(
      fc.property(size, size, size, fc.integer({ min: 1, max: 4 }), (train, micro, accumulation, ranks) => {
        let sizes: [number, number, number];
        try {
          sizes = resolve(train, micro, accumulation, ranks) as [number, number, number];
        } catch {
          return;
        }
        expect(sizes[0]).toBe(sizes[1] * sizes[2] * ranks);
        expect(sizes.every((value) => Number.isInteger(value) && value > 0)).toBe(true);
        expect(sizes).toEqual([train ?? sizes[0], micro ?? sizes[1], accumulation ?? sizes[2]]);
      }),
    );
  });
});
