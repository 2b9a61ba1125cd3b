import { InvalidArgumentError, InvalidStateError, UnknownNameError } from '@ds/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLossScaler } from './create-loss-scaler.ts';
import type { LossScaleConfig } from './loss-scale-config.ts';
import { LossScaleError } from './loss-scale-error.ts';
import type { LossScaler, LossScaleUpdate } from './loss-scaler.ts';

function step(scaler: LossScaler<unknown>, overflow: boolean): LossScaleUpdate {
  scaler.begin();
  return scaler.update(overflow);
}

function errorOf(run: () => unknown): LossScaleError {
  try {
    run();
  } catch (error) {
    if (LossScaleError.isInstance(error)) return error;
  }
  throw new Error('There was no LossScaleError.');
}

/** The scale after each update; `o` is an overflow. */
const trace = (scaler: LossScaler, pattern: string): number[] =>
  Array.from(pattern, (each) => step(scaler, each === 'o').scale);

const small: LossScaleConfig = { initial_scale_power: 4, loss_scale_window: 3, hysteresis: 1 };

/** Runs of DeepSpeed 0.19.6's DynamicLossScaler: initial scale 16, window 3, minimum 1, where not said otherwise. */
test.each([
  ['no overflow', small, '............', [16, 16, 16, 32, 32, 32, 64, 64, 64, 128, 128, 128]],
  ['hysteresis of 2', { ...small, hysteresis: 2 }, 'ooo....ooo', [16, 8, 4, 4, 4, 4, 8, 8, 4, 2]],
  [
    'single overflows, hysteresis restored by growth',
    { ...small, hysteresis: 2 },
    'o..o......o.o',
    [16, 16, 16, 8, 8, 8, 8, 16, 16, 16, 16, 16, 8],
  ],
  [
    'single overflows, hysteresis restored by each step',
    { ...small, hysteresis: 2, consecutive_hysteresis: true },
    'o..o......o.o',
    [16, 16, 16, 16, 16, 16, 16, 32, 32, 32, 32, 32, 32],
  ],
  ['an overflow before the window', small, 'o........', [8, 8, 8, 8, 16, 16, 16, 32, 32]],
  [
    'a window of 2 from 256',
    { initial_scale_power: 8, loss_scale_window: 2 },
    '........',
    [256, 256, 512, 512, 1024, 1024, 2048, 2048],
  ],
] as const)('DeepSpeed run: %s', (_, config, pattern, scales) => {
  expect(trace(createLossScaler(config), pattern)).toEqual(scales);
});

describe('at the minimum', () => {
  const recorded = [8, 4, 2, 1];

  test('an overflow is an error that tells the history and what to try', () => {
    const scaler = createLossScaler(small);
    expect(trace(scaler, 'oooo')).toEqual(recorded);
    const before = scaler.stateDict();
    const { facts, message } = errorOf(() => step(scaler, true));
    expect(facts).toEqual({ scale: 1, steps: 5, overflows: 5, trail: [16, 8, 4, 2] });
    expect(message).toContain('at the minimum loss scale, 1');
    expect(message).toContain('5 of 5 steps overflowed; the scale went 16 -> 8 -> 4 -> 2 -> 1.');
    expect(message).toContain('"bf16" instead of "fp16"');
    expect(message).not.toContain('lower the minimum');
    expect(scaler.stateDict()).toEqual(before);
  });

  test('a minimum above 1 can be lowered, which the error says', () => {
    const scaler = createLossScaler({ ...small, min_loss_scale: 16 });
    expect(() => step(scaler, true)).toThrow('lower the minimum, 16;');
  });

  test('the scale is kept on request', () => {
    const scaler = createLossScaler(small, { atMinimum: 'keep' });
    expect(trace(scaler, 'ooooooo')).toEqual([...recorded, 1, 1, 1]);
    expect(step(scaler, true).event).toEqual({
      kind: 'minimum',
      from: 1,
      to: 1,
      message:
        'Gradients overflowed at loss scale 1; the step is skipped. The loss scale stays at its minimum.',
    });
  });

  test('only the last 20 changes are told', () => {
    const scaler = createLossScaler({ ...small, loss_scale_window: 1 });
    trace(scaler, `${'.'.repeat(41)}${'o'.repeat(44)}`);
    const { trail } = errorOf(() => step(scaler, true)).facts;
    expect(trail).toEqual(Array.from({ length: 20 }, (_, index) => 2 ** (20 - index)));
  });

  test('which is above the first scale, an overflow does not raise it', () => {
    const scaler = createLossScaler({ initial_scale_power: 0, min_loss_scale: 2 }, { atMinimum: 'keep' });
    expect(trace(scaler, 'ooo')).toEqual([1, 1, 1]);
  });
});

describe('a step', () => {
  test('is unscaled by the scale of its backward pass, also when the scale then changes', () => {
    const scaler = createLossScaler(small);
    trace(scaler, '...');
    const begun = scaler.begin();
    // The step after which the scale doubles: DeepSpeed, which updates first, would divide its gradients by 32.
    expect(scaler.update(false).scale).toBe(32);
    expect(begun).toEqual({ scale: 16, inverse: 1 / 16 });
    expect(Object.isFrozen(begun)).toBe(true);
  });

  test('has one scale for all its micro-batches', () => {
    const scaler = createLossScaler(small);
    const first = scaler.begin();
    expect(scaler.begin()).toBe(first);
    scaler.update(true);
    expect(scaler.begin()).not.toBe(first);
  });

  test('must have begun', () => {
    const scaler = createLossScaler(small);
    expect(() => scaler.update(false)).toThrow(InvalidStateError);
    step(scaler, false);
    expect(() => scaler.update(false)).toThrow('Call begin() before the first backward pass');
  });

  test('ends with true or false and nothing else', () => {
    const scaler = createLossScaler(small);
    scaler.begin();
    const promise = Promise.resolve(false) as unknown as boolean;
    expect(() => scaler.update(promise)).toThrow('got a promise (is an await missing?)');
    expect(() => scaler.update(1 as unknown as boolean)).toThrow(InvalidArgumentError);
    expect(scaler.update(false)).toEqual({ skipped: false, scale: 16 });
  });
});

test('events say what happened', () => {
  const scaler = createLossScaler({ ...small, hysteresis: 2, loss_scale_window: 1 });
  const events = Array.from('oo...', (each) => step(scaler, each === 'o').event);
  const skipped = 'Gradients overflowed at loss scale 16; the step is skipped';
  expect(events).toEqual([
    {
      kind: 'tolerated',
      from: 16,
      to: 16,
      message: `${skipped}. The loss scale stays, since its hysteresis is not used up.`,
    },
    { kind: 'reduced', from: 16, to: 8, message: `${skipped} and the loss scale reduced to 8.` },
    undefined,
    { kind: 'grown', from: 8, to: 16, message: 'Loss scale raised from 8 to 16.' },
    { kind: 'grown', from: 16, to: 32, message: 'Loss scale raised from 16 to 32.' },
  ]);
});

describe('a static scale', () => {
  test('never changes, and still says when a step is to be skipped', () => {
    const scaler = createLossScaler({ loss_scale: 128, loss_scale_window: 1 });
    expect(scaler.dynamic).toBe(false);
    expect(trace(scaler, '....oooo')).toEqual(new Array(8).fill(128));
    expect(step(scaler, true)).toMatchObject({
      skipped: true,
      event: { kind: 'static', from: 128, to: 128 },
    });
    expect(scaler.stateDict()).toMatchObject({ cur_scale: 128, cur_iter: 9, last_overflow_iter: 8 });
  });

  test('is what float32 makes of it, so that its reciprocal undoes it', () => {
    expect(createLossScaler({ loss_scale: 1000.1 }).begin().scale).toBe(Math.fround(1000.1));
  });

  test('is 1 when fp16 is off', () => {
    expect(createLossScaler({ enabled: false, initial_scale_power: 8 }).scale).toBe(1);
    expect(createLossScaler({ enabled: true, initial_scale_power: 8 }).scale).toBe(256);
  });
});

test('growth ends at the maximum, and goes on below it', () => {
  const scaler = createLossScaler({ ...small, loss_scale_window: 1, max_loss_scale: 48 });
  expect(trace(scaler, '....o...')).toEqual([16, 32, 48, 48, 24, 24, 48, 48]);
  expect(createLossScaler({ max_loss_scale: 1024 }).scale).toBe(1024);
  const highest = createLossScaler({ initial_scale_power: 126, loss_scale_window: 1 });
  expect(trace(highest, '....').at(-1)).toBe(2 ** 126);
});

test('a hysteresis of 0 is one of 1; DeepSpeed never reduces the scale then', () => {
  expect(trace(createLossScaler({ ...small, hysteresis: 0 }), 'oo')).toEqual([8, 4]);
});

describe('the state', () => {
  test('goes on where it was saved, at every moment of every run', () => {
    const config = { ...small, hysteresis: 3 };
    fc.assert(
      fc.property(fc.stringMatching(/^[.o]{0,30}$/), fc.stringMatching(/^[.o]{0,30}$/), (before, after) => {
        const scaler = createLossScaler(config, { atMinimum: 'keep' });
        trace(scaler, before);
        const resumed = createLossScaler(config, { atMinimum: 'keep' });
        resumed.loadStateDict(JSON.parse(JSON.stringify(scaler.stateDict())));
        expect(trace(resumed, after)).toEqual(trace(scaler, after));
        expect(resumed.stateDict()).toEqual(scaler.stateDict());
      }),
    );
  });

  test('of DeepSpeed at stage 0 has no hysteresis, and keys of its own', () => {
    const scaler = createLossScaler({ hysteresis: 3 });
    scaler.loadStateDict({ cur_scale: 512, cur_iter: 7, last_overflow_iter: 2, dynamic_loss_scale: true });
    expect(scaler.stateDict()).toEqual({
      cur_scale: 512,
      cur_iter: 7,
      last_overflow_iter: 2,
      cur_hysteresis: 3,
    });
  });

  test('never overrides the configuration: static scales and hysteresis', () => {
    const state = { cur_scale: 512, cur_iter: 7, last_overflow_iter: 2, cur_hysteresis: 4 };
    const fixed = createLossScaler({ loss_scale: 8 });
    fixed.loadStateDict(state);
    expect(fixed.scale).toBe(8);
    const scaler = createLossScaler(small);
    scaler.loadStateDict(state);
    expect(scaler.stateDict().cur_hysteresis).toBe(1);
  });

  test('above the maximum is not lowered by growth', () => {
    const scaler = createLossScaler({ ...small, loss_scale_window: 1, max_loss_scale: 32 });
    scaler.loadStateDict({ cur_scale: 64, cur_iter: 0, last_overflow_iter: -1 });
    expect(trace(scaler, '...')).toEqual([64, 64, 64]);
  });

  test('drops the step under way', () => {
    const scaler = createLossScaler(small);
    scaler.begin();
    scaler.loadStateDict({ cur_scale: 4, cur_iter: 1, last_overflow_iter: -1 });
    expect(() => scaler.update(false)).toThrow(InvalidStateError);
    expect(scaler.begin().scale).toBe(4);
  });

  test.each([
    [null, 'loads what its stateDict() returned; got null'],
    [{}, '"cur_scale" must be a number from 2 ** -126'],
    [{ cur_scale: Number.POSITIVE_INFINITY }, '"cur_scale" must be'],
    [{ cur_scale: 0 }, 'got 0.'],
    [{ cur_scale: 2, cur_iter: 1.5 }, '"cur_iter" must be a whole number, 0 or more; got 1.5.'],
    [
      { cur_scale: 2, cur_iter: 3, last_overflow_iter: 3 },
      '"last_overflow_iter" must be a whole number from -1 to 2',
    ],
    [{ cur_scale: 2, cur_iter: 3, last_overflow_iter: 0, cur_hysteresis: '2' }, 'got "2" in quotes.'],
  ])('%j is refused, and nothing changes', (state, message) => {
    const scaler = createLossScaler(small);
    step(scaler, true);
    const before = scaler.stateDict();
    expect(() => scaler.loadStateDict(state)).toThrow(InvalidArgumentError);
    expect(() => scaler.loadStateDict(state)).toThrow(message);
    expect(scaler.stateDict()).toEqual(before);
  });
});

describe('the configuration', () => {
  test('has the defaults of DeepSpeed', () => {
    const scaler = createLossScaler();
    expect(scaler.dynamic).toBe(true);
    expect(trace(scaler, '.'.repeat(1000)).at(-1)).toBe(65_536);
    expect(step(scaler, false).scale).toBe(131_072);
    expect(step(scaler, true).scale).toBe(131_072);
    expect(step(scaler, true).scale).toBe(65_536);
  });

  test('takes the whole fp16 section', () => {
    const section = { enabled: true, auto_cast: false, fp16_master_weights_and_grads: false, loss_scale: 0 };
    expect(createLossScaler(section).scale).toBe(65_536);
  });

  test('names the nearest right key', () => {
    const create = (): unknown => createLossScaler({ loss_scale_windw: 5 } as LossScaleConfig);
    expect(create).toThrow(UnknownNameError);
    expect(create).toThrow('Unknown fp16 key "loss_scale_windw". Did you mean "loss_scale_window"?');
  });

  test.each<[Readonly<Record<string, unknown>>, string]>([
    [{ loss_scale: -1 }, '"loss_scale" must be 0 for a dynamic scale, or a number from 2 ** -126'],
    [{ loss_scale: NaN }, 'got NaN.'],
    [{ initial_scale_power: 16.5 }, '"initial_scale_power" must be a whole number from 0 to 126; got 16.5.'],
    [{ initial_scale_power: 127 }, 'got 127.'],
    [{ loss_scale_window: 0 }, '"loss_scale_window" must be a whole number, 1 or more; got 0.'],
    [{ loss_scale_window: '5' }, 'got "5" in quotes.'],
    [{ loss_scale_window: 'auto' }, `"auto", which stands for a value that Hugging Face's Trainer fills in`],
    [{ hysteresis: true }, '"hysteresis" must be a whole number, 0 or more; got true.'],
    [{ consecutive_hysteresis: 1 }, '"consecutive_hysteresis" must be true or false; got 1.'],
    [{ min_loss_scale: 0 }, '"min_loss_scale" must be a number from 2 ** -126 to 2 ** 126'],
    [{ min_loss_scale: null }, 'got null.'],
    [{ max_loss_scale: 2, min_loss_scale: 4 }, '"max_loss_scale" is 2, below "min_loss_scale", which is 4.'],
  ])('%j is refused', (config, message) => {
    expect(() => createLossScaler(config)).toThrow(InvalidArgumentError);
    expect(() => createLossScaler(config)).toThrow(message);
  });

  test('other things are refused', () => {
    expect(() => createLossScaler([] as LossScaleConfig)).toThrow(
      'fp16 must be an object of keys and values',
    );
    const options = { atMinimum: 'stay' } as unknown as { atMinimum: 'keep' };
    expect(() => createLossScaler({}, options)).toThrow('atMinimum must be "raise" or "keep"; got "stay"');
  });
});
