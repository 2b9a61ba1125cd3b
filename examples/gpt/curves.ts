import { lineChart } from '@ds/deepspeed';

/** What training recorded, as points `[step, value]`; bits per byte, and the learning rate. */
export interface Curves {
  readonly training: [number, number][];
  readonly heldOut: [number, number][];
  readonly learningRate: [number, number][];
}

/** Draws the curves as an SVG, the learning rate on an axis of its own. */
export function drawCurves({ training, heldOut, learningRate }: Curves): string {
  return lineChart({
    title: 'A byte-level GPT learns the TypeScript declarations',
    xLabel: 'step',
    yLabel: 'bits per byte',
    secondLabel: 'learning rate',
    series: [
      { name: 'training', points: training },
      { name: 'held out', points: heldOut },
      { name: 'learning rate', points: learningRate, axis: 'second' },
    ],
  });
}
