import { writeFileSync } from 'node:fs';
import * as api from '../src/index.ts';

/** Draws the chart of the README: every schedule over 100 steps, lr from 0 to the peak. */
const steps = 100;
const examples: Readonly<Record<string, api.Schedule>> = {
  constant: api.constant(1),
  linear: api.linear(1, { steps }),
  cosine: api.cosine(1, { steps }),
  polynomial: api.polynomial(1, { steps, power: 2 }),
  exponential: api.exponential(1, { factor: 0.1, every: 50 }),
  inverseSqrt: api.inverseSqrt(1, { timescale: 10 }),
  step: api.step(1, { every: 25, factor: 0.5 }),
  multiStep: api.multiStep(1, { milestones: [50, 80], factor: 0.4 }),
  cosineRestarts: api.cosineRestarts(1, { steps: 15, growth: 2, decay: 0.85 }),
  oneCycle: api.oneCycle(1, { steps }),
  'warmup(cosine)': api.warmup(api.cosine(1, { steps: 80 }), { steps: 20 }),
  warmupStableDecay: api.warmupStableDecay(1, { warmupSteps: 10, stableSteps: 60, decaySteps: 30 }),
  stages: api.stages([
    { steps: 40, schedule: api.warmup(0.9, { steps: 10 }) },
    { steps: 30, schedule: 0.5 },
    { schedule: api.cosine(0.5, { steps: 30 }) },
  ]),
};

const [width, height, columns, margin] = [150, 70, 5, 14];
const rows = Math.ceil(Object.keys(examples).length / columns);

const panels = Object.entries(examples).map(([name, schedule], index) => {
  const x = margin + (index % columns) * (width + margin);
  const y = 24 + Math.floor(index / columns) * (height + 40);
  const points = Array.from({ length: steps + 1 }, (_, step) => {
    const across = (step / steps) * width;
    const down = height - schedule(step) * (height - 4);
    return `${across.toFixed(1)},${down.toFixed(1)}`;
  });
  return [
    `<g transform="translate(${x},${y})">`,
    `<text y="-8">${name}</text>`,
    `<path class="axis" d="M0,0V${height}H${width}"/>`,
    `<polyline points="${points.join(' ')}"/>`,
    '</g>',
  ].join('');
});

const size = `${margin + columns * (width + margin)} ${rows * (height + 40)}`;
const style = [
  'text{font:12px ui-monospace,monospace;fill:#57606a}',
  '.axis{fill:none;stroke:#8c959f;stroke-width:1}',
  'polyline{fill:none;stroke:#0969da;stroke-width:2;stroke-linejoin:round}',
  '@media(prefers-color-scheme:dark){text{fill:#9198a1}polyline{stroke:#4493f8}}',
].join('');

writeFileSync(
  new URL('../schedules.svg', import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" role="img"><title>The schedules of @ds/scheduler over ${steps} steps</title><style>${style}</style>${panels.join('\n')}</svg>\n`,
);
