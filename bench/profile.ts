import { initialize, registerTrainingKernels } from '@ds/deepspeed';
import type { Profile } from './benchmark.ts';
import { batchTensors, modelBlocks } from './tfjs/models.ts';
import { ourOperations } from './tfjs/our-operations.ts';
import { ourOptimizer } from './tfjs/our-optimizer.ts';
import { startBackend } from './tfjs/start-backend.ts';
import { createStopwatch } from './tfjs/stopwatch.ts';
import type { TrainParameters } from './workloads/workload.ts';

const steps = 20;

/** Makes the profile of a training step of ours: time and calls of every kernel, in each phase. */
export function trainingProfile(name: string, { workload, optimizer }: TrainParameters): Profile {
  return async function profile({ json }) {
    const stopwatch = createStopwatch();
    await startBackend();
    registerTrainingKernels();
    stopwatch.watchKernels('wasm');
    const { input, target } = batchTensors(workload);
    const { engine } = await initialize({
      model: modelBlocks(workload, ourOperations),
      loss: ourOperations.softmaxCrossEntropy,
      config: { train_batch_size: workload.batch, gradient_clipping: 0 },
      optimizer: ourOptimizer(optimizer),
      // Reads the loss, as `trainBatch` does.
      onStep: () => undefined,
    });
    for (let step = 0; step < 2 * steps; step++) {
      // The first half compiles.
      if (step === steps) stopwatch.reset();
      const loss = stopwatch.phase('forward', () =>
        ourOperations.softmaxCrossEntropy(engine.forward(input), target),
      );
      stopwatch.phase('backward', () => engine.backward(loss));
      await stopwatch.phase('step', () => engine.step());
    }
    engine.dispose();
    const entries = stopwatch.entries().map(({ phase, kernel, milliseconds, calls }) => ({
      phase,
      kernel,
      milliseconds: milliseconds / steps,
      calls: calls / steps,
    }));
    const total = entries.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    if (json) {
      for (const entry of entries)
        console.log(JSON.stringify({ name, ...entry, share: entry.milliseconds / total }));
      return;
    }
    console.log(`\n${name}, a step of ${total.toFixed(2)} ms\n`);
    const line = (...[phase, kernel, time, share, calls, rate]: string[]): void => {
      console.log(
        `${phase!.padEnd(9)} ${kernel!.padEnd(28)} ${time!.padStart(8)} ${share!.padStart(7)} ${calls!.padStart(6)}` +
          rate!.padStart(8),
      );
    };
    const percent = (milliseconds: number): string => `${((100 * milliseconds) / total).toFixed(1)}%`;
    line('phase', 'kernel', 'ms', 'share', 'calls', 'GFLOP/s');
    for (const { phase, kernel, milliseconds, calls } of entries) {
      if (milliseconds < total / 1000) continue;
      line(
        phase,
        kernel,
        milliseconds.toFixed(3),
        percent(milliseconds),
        calls.toFixed(0),
        gigaflops(kernel, milliseconds / calls),
      );
    }
    console.log('');
    for (const phase of ['forward', 'backward', 'step']) {
      const sum = (kernel: (name: string) => boolean): number =>
        entries
          .filter((entry) => entry.phase === phase && kernel(entry.kernel))
          .reduce((time, { milliseconds }) => time + milliseconds, 0);
      const all = sum(() => true);
      line(phase, 'all', all.toFixed(3), percent(all), '', '');
    }
  };
}

/** The speed of a product, of which the name tells the sizes. */
function gigaflops(kernel: string, milliseconds: number): string {
  const sizes = /^gemm (\d+)x(\d+)'? \d+x(\d+)/.exec(kernel)?.slice(1);
  if (sizes === undefined) return '';
  return ((2 * sizes.reduce((product, size) => product * Number(size), 1)) / 1e6 / milliseconds).toFixed(1);
}
