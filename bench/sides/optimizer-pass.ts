import { adamW, deviceForBackend } from '@ds/deepspeed';
import type { Rule, Slab } from '@ds/tensor';
import { createLayout } from '@ds/tensor';
import type { Contender } from '../side.ts';
import { startBackend } from '../tfjs/start-backend.ts';

export interface PassParameters {
  readonly rule: 'adamW' | 'memory';
  readonly elements: number;
}

/** Reads four streams and rewrites three of them, as Adam does: 28 bytes an element, and three additions. */
const memoryPass: Rule<'parameter' | 'gradient' | 'first' | 'second'> = {
  name: 'memory_pass',
  slots: ['parameter', 'gradient', 'first', 'second'],
  scalars: [],
  update: ({ add }, { parameter, gradient, first, second }) => ({
    parameter: add(parameter, gradient),
    first: add(first, gradient),
    second: add(second, gradient),
  }),
};

/** One pass over parameters, gradients and two moments. */
export async function create({ rule, elements }: PassParameters): Promise<Contender> {
  await startBackend();
  const device = deviceForBackend();
  const parameter = device.alloc(elements);
  const gradient = device.alloc(elements);
  device.write(
    gradient,
    Float32Array.from({ length: elements }, (_, index) => Math.sin(index) / 100),
  );
  const owned: Slab[] = [parameter, gradient];
  const free = (): void => {
    for (const slab of owned) device.free(slab as typeof parameter);
  };
  if (rule === 'adamW') {
    const layout = createLayout([{ name: 'weights', shape: [elements] }]);
    const optimizer = adamW({ learningRate: 1e-3 }).create({ device, layout });
    return {
      async run() {
        optimizer.step({ parameter: () => parameter, gradient: () => gradient });
        return undefined;
      },
      dispose() {
        optimizer.dispose();
        free();
      },
    };
  }
  const [first, second] = [device.alloc(elements), device.alloc(elements)];
  owned.push(first, second);
  const step = device.compile(memoryPass);
  return {
    async run() {
      step.run({ parameter, gradient, first, second }, {});
      return undefined;
    },
    dispose() {
      step.dispose();
      free();
    },
  };
}
