import { sgd } from '@ds/optim';
import { vi } from 'vitest';
import type { DeepSpeedConfig } from '../src/index.ts';
import { initialize } from '../src/index.ts';
import type { ToyModel } from './toy-model.ts';
import { createToyModel, toyBatch, toyLoss } from './toy-model.ts';

/** Catches what the engine says; clear it after each test. */
export const logger = {
  info: vi.fn<(message: string) => void>(),
  warn: vi.fn<(message: string) => void>(),
};

/** One micro-batch of two a step, not clipped. */
export const plain: DeepSpeedConfig = { train_micro_batch_size_per_gpu: 2, gradient_clipping: 0 };

export const learningRate = 0.1;

/** An engine that descends the toy model's gradient. */
export async function toy(config: DeepSpeedConfig = plain, model: ToyModel = createToyModel()) {
  const { engine } = await initialize({
    model,
    loss: toyLoss,
    config,
    optimizer: sgd({ learningRate }),
    logger,
  });
  return { model, engine };
}

/** Forward, backward and step of one micro-batch, the long way. */
export async function micro({ engine }: Awaited<ReturnType<typeof toy>>, index: number, size = 2) {
  const [input, target] = toyBatch(index, size);
  const loss = engine.backward(toyLoss(engine(input), target));
  return { loss: loss.values[0], report: await engine.step() };
}
