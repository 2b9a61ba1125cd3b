import { InvalidStateError } from '@ds/tensor';
import { describe, expect, it } from 'vitest';
import { learningRate, toy } from '../test/toy-engine.ts';
import { toyBatch, toyLoss } from '../test/toy-model.ts';

describe('calls at the wrong moment', () => {
  const messageOf = async (call: () => unknown): Promise<string> => {
    try {
      await call();
    } catch (error) {
      expect(InvalidStateError.isInstance(error)).toBe(true);
      return (error as Error).message;
    }
    return 'no error';
  };

  it('are explained', async () => {
    const { engine } = await toy();
    const [input, target] = toyBatch(0);
    const loss = toyLoss(engine(input), target);
    expect(await messageOf(() => engine.step())).toMatchInlineSnapshot(
      `"step() comes after a backward(): there are no new gradients. Call forward(), backward(loss), then step(), once for every micro-batch."`,
    );
    engine.backward(loss);
    expect(await messageOf(() => engine.backward(loss))).toMatchInlineSnapshot(
      `"backward() comes after a forward(), and once for each: the recording is used up by it."`,
    );
    expect(await messageOf(() => engine.flush())).toMatchInlineSnapshot(
      `"flush() was called between backward() and step(). Call step() first."`,
    );
    expect(await messageOf(() => engine.saveCheckpoint('nowhere'))).toMatchInlineSnapshot(
      `"saveCheckpoint() was called between backward() and step(). Call step() first."`,
    );
    await engine.step();
    expect(await messageOf(() => engine.step())).toContain('after a backward()');
    engine.eval();
    const output = engine(input);
    expect(await messageOf(() => engine.backward(toyLoss(output, target)))).toMatchInlineSnapshot(
      `"backward() was called in evaluation mode, where forward() records nothing. Call engine.train() first."`,
    );
    expect(await messageOf(() => engine.trainBatch(toyBatch(0)))).toMatchInlineSnapshot(
      `"trainBatch() was called in evaluation mode. Call engine.train() first."`,
    );
    engine.train();
    await engine.trainBatch(toyBatch(0));
  });

  it('include forgetting to wait', async () => {
    const { engine } = await toy();
    const [input, target] = toyBatch(0);
    engine.backward(toyLoss(engine(input), target));
    const pending = engine.step();
    expect(await messageOf(() => engine(input))).toMatchInlineSnapshot(
      `"forward() was called while step() still runs. Write "await engine.step(...)"."`,
    );
    await pending;
    engine(input);
  });

  it('include all after dispose, which may come twice', async () => {
    const { engine, model } = await toy();
    await engine.trainBatch(toyBatch(0));
    engine.dispose();
    engine.dispose();
    engine[Symbol.dispose]();
    expect(model.device.memory()).toEqual({ slabs: 0, bytes: 0 });
    expect(await messageOf(() => engine(toyBatch(0)[0]))).toMatchInlineSnapshot(
      `"forward() was called after dispose(). Create a new engine with initialize()."`,
    );
    for (const call of [
      () => engine.backward({ values: [1] }),
      () => engine.step(),
      () => engine.flush(),
      () => engine.trainBatch(toyBatch(0)),
      () => engine.trainEpoch([toyBatch(0)].values()),
      () => engine.evalBatch(toyBatch(0)),
      () => engine.zeroGrad(),
      () => engine.saveCheckpoint('nowhere'),
      () => engine.loadCheckpoint('nowhere'),
      () => engine.setTrainBatchSize(2),
    ]) {
      expect(await messageOf(call)).toContain('after dispose()');
    }
    // What only tells or notes something goes on.
    engine.eval();
    engine.train();
    engine.setGradientAccumulationBoundary(undefined);
    engine.onStep(() => {})();
    expect([engine.getLr(), engine.getMom(), engine.globalSteps]).toEqual([[learningRate], [0], 1]);
    expect([engine.isGradientAccumulationBoundary(), engine.wasStepApplied()]).toEqual([true, true]);
  });
});
