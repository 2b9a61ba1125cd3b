import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.ts';
import { parseConfig } from './parse.ts';

function problemsOf(config: unknown): string[] {
  try {
    parseConfig(config);
  } catch (error) {
    if (ConfigError.isInstance(error)) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('parseConfig', () => {
  it('accepts every key it knows, and returns the object itself', () => {
    const config = {
      train_batch_size: 8,
      train_micro_batch_size_per_gpu: 2,
      gradient_accumulation_steps: 4,
      optimizer: { type: 'Adam', params: { lr: 0.1, betas: [0.9, 0.95] } },
      scheduler: { type: 'WarmupLR', params: {} },
      gradient_clipping: 0,
      steps_per_print: 10,
      prescale_gradients: true,
      gradient_predivide_factor: 4,
      gradient_allreduce_op: 'sum',
      dataloader_drop_last: true,
      zero_allow_untested_optimizer: true,
      zero_optimization: { stage: 0 },
      fp16: { enabled: false, loss_scale: 0, initial_scale_power: 16, min_loss_scale: 1 },
      bf16: { enabled: false, check_grad_overflow: true },
      wall_clock_breakdown: false,
    };
    expect(parseConfig(config)).toBe(config);
    expect(problemsOf({ train_batch_size: 8, gradient_clipping: undefined })).toEqual([]);
  });

  it('names unknown keys with their path and the nearest right one', () => {
    expect(problemsOf({ gradient_clipp1ng: 1, fp16: { enabled: false, lossscale: 1 } }))
      .toMatchInlineSnapshot(`
        [
          "There is no key "gradient_clipp1ng". Did you mean "gradient_clipping"? Known here: bf16, dataloader_drop_last, dump_state, fp16, gradient_accumulation_steps, gradient_allreduce_op, gradient_clipping, gradient_predivide_factor, memory_breakdown, optimizer, prescale_gradients, scheduler, sparse_gradients, steps_per_print, train_batch_size, train_micro_batch_size_per_gpu, wall_clock_breakdown, zero_allow_untested_optimizer, zero_optimization.",
          "There is no key "fp16.lossscale". Did you mean "loss_scale"? Known here: auto_cast, consecutive_hysteresis, enabled, fp16_master_weights_and_grads, hysteresis, initial_scale_power, loss_scale, loss_scale_window, min_loss_scale.",
        ]
      `);
  });

  it('says which keys come later', () => {
    expect(problemsOf({ tensorboard: { enabled: true }, zero_optimization: { overlap_comm: true } }))
      .toMatchInlineSnapshot(`
        [
          ""tensorboard" is a key of DeepSpeed that this version does not understand yet. Leave it out.",
          ""zero_optimization.overlap_comm" is a key of DeepSpeed that this version does not understand yet. Leave it out.",
        ]
      `);
    expect(
      problemsOf({ fp16: { enabled: true }, zero_optimization: { stage: 2 }, wall_clock_breakdown: true }),
    ).toMatchInlineSnapshot(`
      [
        ""fp16.enabled" is true, but half precision is not in this version. Set it to false or leave it out.",
        ""zero_optimization.stage" is 2, but sharded training (ZeRO) is not in this version. Set it to 0 or leave it out.",
        ""wall_clock_breakdown" is true, but a breakdown of time is not in this version. Set it to false or leave it out.",
      ]
    `);
  });

  it('says what was given where it is of the wrong kind', () => {
    expect(
      problemsOf({
        train_batch_size: '8',
        gradient_accumulation_steps: 1.5,
        gradient_clipping: -1,
        steps_per_print: 0,
        prescale_gradients: 1,
        gradient_allreduce_op: 'maen',
        optimizer: 'Adam',
        scheduler: { params: [] },
        zero_optimization: { stage: 4 },
        bf16: [],
      }),
    ).toMatchInlineSnapshot(`
      [
        ""train_batch_size" must be a whole number, 1 or more; it is the text "8".",
        ""gradient_accumulation_steps" must be a whole number, 1 or more; it is 1.5.",
        ""gradient_clipping" must be a finite number, 0 or more (0 turns clipping off); it is -1.",
        ""steps_per_print" must be a whole number, 1 or more; it is 0.",
        ""prescale_gradients" must be true or false; it is 1.",
        ""gradient_allreduce_op" must be "mean" or "sum"; it is the text "maen". Did you mean "mean"?",
        ""optimizer" must be an object; it is the text "Adam".",
        ""scheduler.params" must be an object of names and values; it is a list of 0.",
        ""scheduler" needs a "type": the name of the scheduler.",
        ""zero_optimization.stage" must be 0, 1, 2 or 3; it is 4.",
        ""bf16" must be an object; it is a list of 0.",
      ]
    `);
    expect(problemsOf(null)).toMatchInlineSnapshot(`
      [
        "It must be an object; it is null.",
      ]
    `);
  });

  it('explains "auto" wherever it is, once', () => {
    expect(problemsOf({ gradient_clipping: 'auto', optimizer: { type: 'Adam', params: { lr: 'auto' } } }))
      .toMatchInlineSnapshot(`
        [
          ""gradient_clipping" is "auto", which stands for a value that Hugging Face's Trainer fills in. Write the value itself, or leave the key out for its default.",
          ""optimizer.params.lr" is "auto", which stands for a value that Hugging Face's Trainer fills in. Write the value itself, or leave the key out for its default.",
        ]
      `);
  });

  it('sends max_grad_norm to gradient_clipping', () => {
    expect(problemsOf({ optimizer: { type: 'Adam', params: { max_grad_norm: 1 } } })).toMatchInlineSnapshot(`
      [
        ""optimizer.params.max_grad_norm" is not a parameter here. Use the key "gradient_clipping" instead.",
      ]
    `);
  });

  it('lists all problems in one error', () => {
    expect(() => parseConfig({ train_batch_size: 0, amp: {} }, { source: 'ds.json' }))
      .toThrowErrorMatchingInlineSnapshot(`
        [ConfigError: The configuration ds.json:
        - "train_batch_size" must be a whole number, 1 or more; it is 0.
        - "amp" is a key of DeepSpeed that this version does not understand yet. Leave it out.]
      `);
  });
});
