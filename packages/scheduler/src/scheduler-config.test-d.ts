import { assertType, describe, expectTypeOf, test } from 'vitest';
import type { SchedulableOptimizer } from './optimizer.ts';
import type {
  SchedulerConfig,
  SchedulerConfigOf,
  SchedulerParams,
  SchedulerType,
} from './scheduler-config.ts';
import type { Schedule } from './schedule.ts';
import type { toSchedule } from './schedule.ts';

describe('the scheduler config', () => {
  test('is told apart by its type', () => {
    assertType<SchedulerConfig>({ type: 'StepLR', params: { step_size: 3 } });
    expectTypeOf<SchedulerConfig['type']>().toEqualTypeOf<SchedulerType>();
    expectTypeOf<Extract<SchedulerConfig, { type: 'StepLR' }>['params']>().toEqualTypeOf<
      SchedulerParams['StepLR']
    >();
  });

  test('lets params out only where every parameter has a default', () => {
    type CanOmit = {
      [T in SchedulerType]: Partial<SchedulerParams[T]> extends SchedulerParams[T] ? T : never;
    };
    type Omitted = { [T in SchedulerType]: { type: T } extends SchedulerConfigOf<T> ? T : never };
    expectTypeOf<Omitted>().toEqualTypeOf<CanOmit>();
    assertType<SchedulerConfig>({ type: 'WarmupLR' });
    // @ts-expect-error step_size has no default
    assertType<SchedulerConfig>({ type: 'StepLR' });
  });

  test('refuses unknown types, unknown parameters and parameters of another type', () => {
    // @ts-expect-error no such type
    assertType<SchedulerConfig>({ type: 'warmuplr' });
    // @ts-expect-error no such parameter
    assertType<SchedulerConfig>({ type: 'WarmupLR', params: { warmup_steps: 3 } });
    // @ts-expect-error a parameter of WarmupLR
    assertType<SchedulerConfig>({ type: 'StepLR', params: { step_size: 3, warmup_num_steps: 2 } });
    // @ts-expect-error a string
    assertType<SchedulerConfig>({ type: 'StepLR', params: { step_size: '3' } });
  });

  test('nests', () => {
    const step = { type: 'StepLR', params: { step_size: 3 } } as const;
    assertType<SchedulerConfig>({
      type: 'ChainedScheduler',
      params: { schedulers: [step, { type: 'WarmupLR' }] },
    });
    assertType<SchedulerConfig>({ type: 'MultiStage', params: { stages: [{ steps: 3, ...step }, step] } });
    // @ts-expect-error no such nested type
    assertType<SchedulerConfig>({ type: 'ChainedScheduler', params: { schedulers: [{ type: 'Step' }] } });
  });
});

test('optimizers with readonly, missing or undefined momentum fit', () => {
  expectTypeOf<{ paramGroups: { lr: number }[] }>().toExtend<SchedulableOptimizer>();
  expectTypeOf<{ paramGroups: { lr: number; betas: [number, number] }[] }>().toExtend<SchedulableOptimizer>();
  expectTypeOf<{ paramGroups: { lr: number; momentum?: number }[] }>().toExtend<SchedulableOptimizer>();
  expectTypeOf<{ paramGroups: { lr: string }[] }>().not.toExtend<SchedulableOptimizer>();
});

test('a learning rate is a number or a schedule', () => {
  expectTypeOf<Parameters<typeof toSchedule>[0]>().toEqualTypeOf<number | Schedule>();
  expectTypeOf<Schedule>().toEqualTypeOf<(step: number) => number>();
});
