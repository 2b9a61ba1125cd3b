import { createRandom, glorotUniform, zeros } from '@ds/tensor';
import type { Batch, FirstValues, MlpSize } from './workload.ts';

export function mlpParameters({ widths }: MlpSize): FirstValues[] {
  const random = createRandom(1);
  return widths.slice(1).flatMap((width, index) => {
    const shape = [widths[index]!, width];
    return [
      { name: `layer_${index}.weight`, shape, values: glorotUniform(shape, random) },
      { name: `layer_${index}.bias`, shape: [width], values: zeros([width], random) },
    ];
  });
}

export function mlpBatch({ widths, batch }: MlpSize): Batch {
  const random = createRandom(2);
  const inputs = widths[0]!;
  return {
    input: {
      shape: [batch, inputs],
      values: Float32Array.from({ length: batch * inputs }, () => random.uniform()),
    },
    target: {
      shape: [batch],
      values: Int32Array.from({ length: batch }, () => random.integer(widths.at(-1)!)),
    },
  };
}
