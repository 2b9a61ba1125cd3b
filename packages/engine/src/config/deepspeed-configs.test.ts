import { describe, expect, it } from 'vitest';
import { createToyModel } from '../../test/toy-model.ts';
import { initialize } from '../initialize.ts';
import recorded from './__fixtures__/deepspeed-configs.json' with { type: 'json' };
import type { DeepSpeedConfig } from './schema.ts';

/** What DeepSpeed accepts and this version refuses, with the reason. */
const refusedHere: Readonly<Record<string, RegExp>> = {
  'unknown top-level key': /no key "gradient_clipp1ng"\. Did you mean "gradient_clipping"\?/,
  'zero stage "2" str': /"zero_optimization.stage" must be 0, 1, 2 or 3; it is the text "2"/,
  'zero bool legacy': /"zero_optimization" must be an object; it is true/,
  'auto clip': /"gradient_clipping" is "auto"/,
  'auto bucket': /"zero_optimization.reduce_bucket_size" is "auto"/,
  'negative clip':
    /"gradient_clipping" must be a finite number, 0 or more \(0 turns clipping off\); it is -1/,
  'offload z0': /"zero_optimization.offload_optimizer" is a key of DeepSpeed that this version does not/,
  'offload param z2': /"zero_optimization.offload_param" is a key of DeepSpeed that this version does not/,
  'activation ckpt unknown': /"activation_checkpointing" is a key of DeepSpeed that this version does not/,
};

/** What DeepSpeed refuses and this version accepts: scheduler parameters that all have defaults. */
const acceptedHere = new Set(['sched without params']);

/** What the message says where both refuse. */
const messages: Readonly<Record<string, RegExp>> = {
  'unknown zero key': /no key "zero_optimization.stge3"/,
  'zero stage 4': /must be 0, 1, 2 or 3; it is 4/,
  'no batch': /Set "train_batch_size"/,
  'bad batch': /"train_batch_size" is 7, which is no multiple of "train_micro_batch_size_per_gpu" \(2\)/,
  'batch 0': /"train_batch_size" must be a whole number, 1 or more; it is 0/,
  'gas only': /Set "train_batch_size"/,
  'auto lr': /"optimizer.params.lr" is "auto"/,
  'bad optimizer': /"Adamm".*"Adam"/,
  'bad optimizer param': /Unknown parameter of Adam "learning_rate".*\blr\b/,
  max_grad_norm: /Use the key "gradient_clipping"/,
  'bad sched': /warmuplr.*WarmupLR/,
  'bad sched param': /warmup_steps.*warmup_num_steps/,
  'OneCycle missing': /cycle_min_lr/,
  'fp16+bf16': /half precision is not in this version/,
  'fp16 bad scale': /"fp16.loss_scale" must be a finite number, 0 or more/,
  'unknown fp16 key': /"fp16.lossscale". Did you mean "loss_scale"\?/,
  'bad offload device': /"zero_optimization.offload_optimizer"/,
  '1bit z1': /OneBitAdam|sharded training/,
  'tensorboard unknown': /"tensorboard"/,
  'bad allreduce op': /must be "mean" or "sum"; it is the text "max"/,
  'elastic+batch': /"elasticity"/,
  grad_hooks: /no key "zero_optimization.grad_hooks"/,
  'odd allgather bucket': /"zero_optimization.allgather_bucket_size"/,
};

/** Creates an engine from what a JSON file could hold; returns the error's message if it cannot. */
async function attempt(config: unknown): Promise<string | undefined> {
  try {
    const { engine } = await initialize({ model: createToyModel(), config: config as DeepSpeedConfig });
    engine.dispose();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

describe('configurations that DeepSpeed was given', () => {
  for (const { name, config, deepspeed } of recorded.cases) {
    const accepts = (deepspeed === 'accepted' && !(name in refusedHere)) || acceptedHere.has(name);
    it(`${accepts ? 'accepts' : 'refuses'}: ${name}`, async () => {
      const message = await attempt(config);
      expect(message ?? 'accepted').toMatch(accepts ? /^accepted$/ : (refusedHere[name] ?? messages[name]!));
    });
  }
});
