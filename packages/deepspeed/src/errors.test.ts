import { expect, it } from 'vitest';
import {
  createProgress,
  createScheduler,
  DsError,
  InvalidArgumentError,
  MonitorError,
  SchedulerError,
} from './index.ts';

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

it('every error is a DsError, those of packages that import nothing too', () => {
  const ofScheduler = errorOf(() => createScheduler({ paramGroups: [{ lr: 1 }] }, { type: 'Step' } as never));
  const ofMonitor = errorOf(() => createProgress({ total: -1 }));
  expect([SchedulerError.isInstance(ofScheduler), MonitorError.isInstance(ofMonitor)]).toEqual([true, true]);
  for (const error of [ofScheduler, ofMonitor]) {
    expect(DsError.isInstance(error)).toBe(true);
    expect(InvalidArgumentError.isInstance(error)).toBe(true);
  }
});
