import { afterEach, describe, expect, it, vi } from 'vitest';
import { logger, micro, plain, toy } from '../test/toy-engine.ts';
import { toyBatch } from '../test/toy-model.ts';
import { formatStepReport } from './step-report.ts';

afterEach(() => vi.clearAllMocks());

describe('output', () => {
  it('reports the time since the step before, and for the first since its forward pass', async () => {
    const clock = vi.spyOn(performance, 'now');
    const run = await toy();
    const seconds: number[] = [];
    run.engine.onStep((report) => void seconds.push(report.seconds));
    for (const [index, times] of [[10_000, 12_000], [15_000], [15_500]].entries()) {
      for (const time of times) clock.mockReturnValueOnce(time);
      await micro(run, index);
    }
    clock.mockRestore();
    expect(seconds).toEqual([2, 3, 0.5]);
  });

  it('is silent unless steps_per_print asks for a line', async () => {
    const silent = await toy();
    await silent.engine.trainBatch(toyBatch(0));
    expect(logger.info).not.toHaveBeenCalled();
    const loud = await toy({ ...plain, steps_per_print: 2 });
    for (let step = 0; step < 4; step++) await micro(loud, step);
    expect(logger.info.mock.calls.map(([line]) => line.replace(/seconds=[\d.]+/, 'seconds=S')))
      .toMatchInlineSnapshot(`
      [
        "step=2, loss=2.943, lr=0.1, grad_norm=3.677, samples=4, seconds=S",
        "step=4, loss=0.8888, lr=0.1, grad_norm=1.808, samples=8, seconds=S",
      ]
    `);
  });

  it('has no loss unless somebody listens, since reading it waits', async () => {
    const run = await toy();
    const scalar = vi.spyOn(run.model, 'scalar');
    const unheard = await micro(run, 0);
    expect(unheard.report).toHaveProperty('loss', undefined);
    expect(formatStepReport(unheard.report!)).toContain('loss=unknown');
    expect(scalar).not.toHaveBeenCalled();
    run.engine.onStep(() => {});
    const heard = await micro(run, 1);
    expect(heard.report?.loss).toBe(heard.loss);
  });

  it('stops telling a listener that was removed', async () => {
    const { engine } = await toy();
    const listener = vi.fn<() => void>();
    const remove = engine.onStep(listener);
    await engine.trainBatch(toyBatch(0));
    remove();
    await engine.trainBatch(toyBatch(0));
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
